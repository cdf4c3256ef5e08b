using OpenShare.Agent.Documents;
using OpenShare.Device.Views;
using OpenShare.Protocol.Registration;

namespace OpenShare.Agent.Api;

/// <summary>The device itself, and its registration.</summary>
internal sealed class StatusApi(AgentContext agent)
{
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/status", (RequestDelegate)Status);
        routes.MapGet("/v1/status/watch", (RequestDelegate)Watch);
        routes.MapPost("/v1/registration", (RequestDelegate)Register);
    }

    private async Task Status(HttpContext http) =>
        await Reply.Json(http, (await agent.Device.GetStatus(http.RequestAborted)).Document(agent), AgentJson.Readable.StatusDocument);

    private Task Watch(HttpContext http) => Following.Lines(
        http, agent, async (device, cancellation) => [(await device.GetStatus(cancellation)).Document(agent)],
        status => status.DeviceId, isLast: _ => false, AgentJson.Readable.StatusDocument);

    private async Task Register(HttpContext http)
    {
        var order = OrderOf(await Reply.Read(http, AgentJson.Readable.RegisterRequest));
        if (await agent.Device.Register(order, http.RequestAborted) is RegistrationStart.AlreadyRegistered)
            await Reply.Problem(http, ProblemCodes.AlreadyRegistered, AlreadyRegistered(await agent.Device.GetStatus(http.RequestAborted)));
        else
            await Status(http);
    }

    internal static string AlreadyRegistered(DeviceStatus status) =>
        $"This device is registered already, as '{status.Name}' in account {status.Account}. For another device use another --home.";

    private static RegistrationOrder OrderOf(RegisterRequest request) => new(
        RegistrationOrders.ServerOf(request.Server),
        RegistrationTokenText.Parse(request.Token),
        RegistrationOrders.TrustOf(request.ServerFingerprint, request.CaPem, otherwise: new ServerTrust.ByToken()),
        RegistrationOrders.NameOf(request.Name));
}
