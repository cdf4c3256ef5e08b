using System.Security.Cryptography.X509Certificates;
using OpenShare.Agent.Documents;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Agent.Api;

/// <summary>The device itself, and its registration.</summary>
internal sealed class StatusApi(AgentContext agent)
{
    private const string FingerprintPrefix = "sha256:";

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/status", (RequestDelegate)Status);
        routes.MapGet("/v1/status/watch", (RequestDelegate)Watch);
        routes.MapPost("/v1/registration", (RequestDelegate)Register);
    }

    private async Task Status(HttpContext http) =>
        await Reply.Json(http, (await agent.Device.GetStatus(http.RequestAborted)).Document(agent.Options), AgentJson.Readable.StatusDocument);

    private Task Watch(HttpContext http) => Following.Lines(
        http, agent, async (device, cancellation) => [(await device.GetStatus(cancellation)).Document(agent.Options)],
        status => status.DeviceId, isLast: _ => false, AgentJson.Readable.StatusDocument);

    private async Task Register(HttpContext http)
    {
        var order = OrderOf(await Reply.Read(http, AgentJson.Readable.RegisterRequest));
        if (await agent.Device.Register(order, http.RequestAborted) is RegistrationStart.AlreadyRegistered)
        {
            var status = await agent.Device.GetStatus(http.RequestAborted);
            await Reply.Problem(http, ProblemCodes.AlreadyRegistered,
                $"This device is registered already, as '{status.Name}' in account {status.Account}. For another device use another --home.");
            return;
        }
        await Status(http);
    }

    private static RegistrationOrder OrderOf(RegisterRequest request)
    {
        if (!Uri.TryCreate(request.Server, UriKind.Absolute, out var server) || server.Scheme != Uri.UriSchemeHttps)
            throw new ProtocolException($"'{Printable.Shorten(request.Server)}' is not a server's URL: it must start with https://.");
        if (request.Name is not null && !Printable.IsDeviceName(request.Name))
            throw new ProtocolException($"The name '{Printable.Shorten(request.Name)}' does not serve: 1 to 64 printable characters, no space at either end.");
        return new RegistrationOrder(server, RegistrationTokenText.Parse(request.Token), TrustOf(request), request.Name);
    }

    private static ServerTrust TrustOf(RegisterRequest request)
    {
        if (request.CaPem is { } pem)
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(pem);
            return authorities.Count > 0
                ? new ServerTrust.ByAuthority(authorities)
                : throw new ProtocolException("The --ca file has no certificate in it: it must be PEM, with BEGIN CERTIFICATE lines.");
        }
        if (request.ServerFingerprint is not { } fingerprint)
            return new ServerTrust.ByToken();
        var hex = fingerprint.StartsWith(FingerprintPrefix, StringComparison.OrdinalIgnoreCase) ? fingerprint[FingerprintPrefix.Length..].Replace(":", "", StringComparison.Ordinal) : "";
        return hex.Length == 64 && hex.All(char.IsAsciiHexDigit)
            ? new ServerTrust.ByFingerprint(Convert.FromHexString(hex))
            : throw new ProtocolException($"'{Printable.Shorten(fingerprint)}' is not a fingerprint: sha256: and 64 hex digits, as openshare-server prints it.");
    }
}
