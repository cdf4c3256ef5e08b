using System.Collections.Immutable;
using OpenShare.Agent.Documents;
using OpenShare.Device.Pairing;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Identity;

namespace OpenShare.Agent.Api;

/// <summary>The other devices.</summary>
internal sealed class PeersApi(AgentContext agent)
{
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/peers", (RequestDelegate)List);
        routes.MapGet("/v1/peers/watch", (RequestDelegate)Watch);
        routes.MapPost("/v1/peers/{device}/resolve", (RequestDelegate)Resolve);
        routes.MapPost("/v1/peers/{device}/accept", (RequestDelegate)Accept);
        routes.MapPost("/v1/peers/{device}/withdraw", (RequestDelegate)Withdraw);
    }

    private async Task List(HttpContext http) =>
        await Reply.Json(http, [.. (await agent.Device.GetPeers(http.RequestAborted)).Select(p => p.Document())], AgentJson.Readable.Peers);

    private async Task Accept(HttpContext http)
    {
        var answer = (await Reply.Read(http, AgentJson.Readable.AcceptRuleRequest)).Answer;
        AcceptRule? rule = answer switch
        {
            "always" => AcceptRule.Always,
            "never" => AcceptRule.Never,
            "ask" => null,
            _ => throw new ProtocolException($"'{Printable.Shorten(answer, 64)}' is no rule: it must be always, never or ask."),
        };
        if (await Find(http) is not var (device, name))
            return;
        await agent.Device.SetAcceptRule(device, rule, http.RequestAborted);
        await Reply.Json(http, new AcceptRuleDocument(device.ToString(), Printable.Shorten(name), answer), AgentJson.Readable.AcceptRuleDocument);
    }

    /// <returns>null: there is none or more than one, and the request is answered with that problem</returns>
    private async Task<(DeviceId Id, string Name)?> Find(HttpContext http)
    {
        var text = (string)http.Request.RouteValues["device"]!;
        var named = await Named(text, http.RequestAborted);
        if (named is [var found])
            return found;
        await (named.Length == 0
            ? Reply.Problem(http, ProblemCodes.DeviceNotFound, $"No device '{Printable.Shorten(text, 64)}' is known. See: openshare peers")
            : Reply.Problem(http, ProblemCodes.Ambiguous, $"'{Printable.Shorten(text, 64)}' may be any of {named.Length} devices. Say which by its id."));
        return null;
    }

    private async Task Resolve(HttpContext http)
    {
        if (await Find(http) is not var (device, name))
            return;
        await (await agent.Device.ResolveDuplicate(device, http.RequestAborted) switch
        {
            DuplicateResolution.StillCloned cloned => Reply.Problem(http, ProblemCodes.NotTrusted,
                $"The key of {Printable.Shorten(name)} is still in use at {cloned.Places.Length} places: {Places(cloned.Places)}. Stop the copy, or revoke the device: openshare-server device revoke {device}"),
            DuplicateResolution.NobodyReached silent => Reply.Problem(http, ProblemCodes.NotTrusted,
                $"{Printable.Shorten(name)} is announced at {silent.Places.Length} places, and nobody answers there: {Places(silent.Places)}. It stays refused; try again when it is there, or when it is gone."),
            DuplicateResolution.NotDuplicate => Reply.Problem(http, ProblemCodes.BadRequest, $"{Printable.Shorten(name)} is not refused as a duplicate: there is nothing to resolve."),
            _ => Reply.Json(http, new ResolvedDocument(device.ToString(), Printable.Shorten(name)), AgentJson.Readable.ResolvedDocument),
        });
    }

    private async Task Withdraw(HttpContext http)
    {
        if (await Find(http) is not var (device, name))
            return;
        await (await agent.Device.WithdrawPairing(device, http.RequestAborted) switch
        {
            WithdrawOutcome.NotSponsored => Reply.Problem(
                http, ProblemCodes.BadRequest, $"{Printable.Shorten(name)} was not paired by this device, or that has expired: there is nothing to take back. A registered device is revoked: openshare-server device revoke {device}"),
            WithdrawOutcome.NotStored problem => Reply.Problem(http, ProblemCodes.Failed, $"That cannot be kept on this device's disk, and so was not done: {problem.Detail}"),
            _ => Reply.Json(http, new WithdrawnDocument(device.ToString(), Printable.Shorten(name)), AgentJson.Readable.WithdrawnDocument),
        });
    }

    private static string Places(ImmutableArray<PeerPlace> places) => string.Join(", ", places.SelectMany(p => p.EndPoints.Take(1)));

    // This device's own key may have been copied as well.
    private async Task<ImmutableArray<(DeviceId Id, string Name)>> Named(string text, CancellationToken cancellation)
    {
        var own = await agent.Device.GetStatus(cancellation);
        var all = (await agent.Device.GetPeers(cancellation)).Select(p => (p.DeviceId, p.Name)).Append((own.DeviceId, own.Name)).ToList();
        var byName = all.Where(d => string.Equals(d.Name, text, StringComparison.OrdinalIgnoreCase)).ToImmutableArray();
        return byName.IsEmpty ? [.. all.Where(d => d.Item1.ToString().StartsWith(text, StringComparison.OrdinalIgnoreCase))] : byName;
    }

    private Task Watch(HttpContext http) => Following.Lines(
        http, agent, async (device, cancellation) => (await device.GetPeers(cancellation)).Select(p => p.Document()),
        peer => peer.DeviceId, isLast: _ => false, AgentJson.Readable.PeerDocument);
}
