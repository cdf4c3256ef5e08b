using OpenShare.Agent.Documents;

namespace OpenShare.Agent.Api;

/// <summary>The other devices.</summary>
internal sealed class PeersApi(AgentContext agent)
{
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/peers", (RequestDelegate)List);
        routes.MapGet("/v1/peers/watch", (RequestDelegate)Watch);
    }

    private async Task List(HttpContext http) =>
        await Reply.Json(http, [.. (await agent.Device.GetPeers(http.RequestAborted)).Select(p => p.Document())], AgentJson.Readable.Peers);

    private Task Watch(HttpContext http) => Following.Lines(
        http, agent, async (device, cancellation) => (await device.GetPeers(cancellation)).Select(p => p.Document()),
        peer => peer.DeviceId, isLast: _ => false, AgentJson.Readable.PeerDocument);
}
