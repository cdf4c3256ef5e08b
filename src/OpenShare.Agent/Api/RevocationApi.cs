using OpenShare.Agent.Documents;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;

namespace OpenShare.Agent.Api;

/// <summary>The organisation's revocation list, as this device has it.</summary>
internal sealed class RevocationApi(AgentContext agent)
{
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/revocation", (RequestDelegate)Status);
        routes.MapPost("/v1/revocation/refresh", (RequestDelegate)Refresh);
    }

    private async Task Status(HttpContext http) =>
        await Reply.Json(http, (await agent.Device.GetRevocation(http.RequestAborted)).Document(), AgentJson.Readable.RevocationDocument);

    private async Task Refresh(HttpContext http)
    {
        await (await agent.Device.RefreshRevocation(http.RequestAborted) switch
        {
            RevocationRefresh.Refreshed refreshed =>
                Reply.Json(http, refreshed.List.Document(refreshed.IsNewer), AgentJson.Readable.RevocationDocument),
            RevocationRefresh.ServerUnreachable unreachable =>
                Reply.Problem(http, ProblemCodes.ServerUnreachable, Printable.Shorten(unreachable.Detail)),
            RevocationRefresh.NotRegistered =>
                Reply.Problem(http, ProblemCodes.NotRegistered, "This device is not registered, so it has no server to ask. See: openshare register --help"),
            RevocationRefresh.Rejected rejected => Reply.Problem(http, ProblemCodes.Failed, Printable.Shorten(rejected.Detail)),
            var other => throw new InvalidOperationException($"No answer for {other.GetType().Name}."),
        });
    }
}
