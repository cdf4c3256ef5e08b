using System.Globalization;
using OpenShare.Agent.Documents;
using OpenShare.Device.Pairing;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Agent.Api;

/// <summary>Pairing, on either side.</summary>
internal sealed class PairingApi(AgentContext agent)
{
    private const int ShortestId = 4;

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/pairing/announcement", (RequestDelegate)Announce);
        routes.MapGet("/v1/pairing/comparisons", (RequestDelegate)ListComparisons);
        routes.MapGet("/v1/pairing/comparisons/watch", (RequestDelegate)WatchComparisons);
        routes.MapPost("/v1/pairing/comparisons/{id}", (RequestDelegate)Compare);
        routes.MapPost("/v1/pairing/invitations", (RequestDelegate)Invite);
        routes.MapPost("/v1/pairing/token", (RequestDelegate)Read);
        routes.MapPost("/v1/pairing/join", (RequestDelegate)Join);
    }

    private async Task Announce(HttpContext http)
    {
        var shown = await agent.Device.Announce(http.RequestAborted);
        await Reply.Json(
            http, new PairingCodeDocument(shown.Code.ToString(), shown.Fingerprint) { AnnouncedUntil = shown.Until }, AgentJson.Readable.PairingCodeDocument);
    }

    private Task ListComparisons(HttpContext http) => Reply.Json(http, [.. agent.Device.Comparisons.Select(c => c.Document())], AgentJson.Readable.Comparisons);

    private Task WatchComparisons(HttpContext http) => Following.Lines(
        http, agent, (device, _) => Task.FromResult(device.Comparisons.Select(c => c.Document())), comparison => comparison.Id.ToString(CultureInfo.InvariantCulture),
        isLast: _ => false, AgentJson.Readable.ComparisonDocument);

    private async Task Compare(HttpContext http)
    {
        var answer = await Reply.Read(http, AgentJson.Readable.ComparisonAnswer);
        if (!int.TryParse((string)http.Request.RouteValues["id"]!, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            || !await agent.Device.Compare(id, answer.Same, http.RequestAborted))
        {
            await Reply.Problem(http, ProblemCodes.NotAsked, "That pairing does not wait for an answer: it is over.");
            return;
        }
        await Reply.Json(http, answer, AgentJson.Readable.ComparisonAnswer);
    }

    private async Task Invite(HttpContext http)
    {
        var request = await Reply.Read(http, AgentJson.Readable.InviteRequest);
        var scope = request.Scope switch
        {
            "account" => ProvisionalScope.Account,
            "sponsor" => ProvisionalScope.Sponsor,
            _ => throw new ProtocolException($"'{Printable.Shorten(request.Scope, 64)}' is no scope: it must be account or sponsor."),
        };
        // Whoever is seen may go by any name, a code's too.
        var code = PairingCode.TryParse(request.Code);
        var found = code is null ? await Found(request.Code, http.RequestAborted) : null;
        if (found is not null && !request.Attended)
            throw new ProtocolException("To pair a device that is seen on the network persons compare a code on both screens, and nobody is there. Say the code that it shows: openshare pair show");
        var outcome = found is { } device ? await agent.Device.InviteFound(device, scope, http.RequestAborted) : await agent.Device.Invite(code ?? CodeOf(request.Code), scope, http.RequestAborted);
        await (outcome switch
        {
            InviteOutcome.Invited invited => Reply.Json(
                http, new InvitationDocument(invited.Token.ToText(), invited.Token.Sponsor.PublicKey.KeyId, invited.Token.ExpiresAt, DocumentsOf.Word(scope)) { OfferedTo = found?.ToString() },
                AgentJson.Readable.InvitationDocument),
            InviteOutcome.NotFound absent => Reply.Problem(http, ProblemCodes.DeviceNotFound, Printable.Shorten(absent.Detail)),
            InviteOutcome.Refused refused => Problem(http, refused.Refusal),
            InviteOutcome.NotOnNetwork => Reply.Problem(
                http, ProblemCodes.Failed, "No agent is running here, or it has no address, so the new device could not reach this one. Start it with: openshare agent"),
            _ => Reply.Problem(http, ProblemCodes.NotRegistered, "This device is not registered, so it cannot pair another. See: openshare register --help"),
        });
    }

    private static PairingCode CodeOf(string text)
    {
        try
        {
            return PairingCode.Parse(text);
        }
        catch (ProtocolException error)
        {
            throw new ProtocolException($"'{Printable.Shorten(text, 64)}' is neither the name of a device that shows itself here nor a code. {error.Message}");
        }
    }

    /// <returns>null: no such device shows itself on the network, so it is a code</returns>
    /// <exception cref="ProtocolException">more than one, of which none is meant more than the others</exception>
    private async Task<DeviceId?> Found(string text, CancellationToken cancellation)
    {
        var unpaired = (await agent.Device.GetPeers(cancellation)).Where(p => p.Trust == PeerTrust.Unpaired).ToList();
        var named = unpaired.Where(p => string.Equals(p.Name, text, StringComparison.OrdinalIgnoreCase)).ToList();
        if (named.Count == 0 && text.Length >= ShortestId)
            named = unpaired.Where(p => p.DeviceId.ToString().StartsWith(text, StringComparison.OrdinalIgnoreCase)).ToList();
        return named.Count switch
        {
            0 => null,
            1 => named[0].DeviceId,
            _ => throw new ProtocolException($"'{Printable.Shorten(text, 64)}' may be any of {named.Count} devices that show themselves here. Say which by its id: {string.Join(", ", named.Select(p => p.DeviceId.ToString()[..8]))}"),
        };
    }

    private static async Task Read(HttpContext http)
    {
        var token = PairingToken.Parse((await Reply.Read(http, AgentJson.Readable.JoinRequest)).Token);
        await Reply.Json(
            http, new TokenDocument(token.Sponsor.DeviceId.ToString(), Printable.Shorten(token.Sponsor.Name), token.Sponsor.PublicKey.KeyId, token.ExpiresAt), AgentJson.Readable.TokenDocument);
    }

    private async Task Join(HttpContext http)
    {
        var request = await Reply.Read(http, AgentJson.Readable.JoinRequest);
        if (request.Name is not null && !Printable.IsDeviceName(request.Name))
            throw new ProtocolException($"The name '{Printable.Shorten(request.Name)}' does not serve: 1 to 64 printable characters, no space at either end.");
        await (await agent.Device.Join(PairingToken.Parse(request.Token), Fingerprint(request.Fingerprint), request.Name, request.Attended, http.RequestAborted) switch
        {
            JoinReport.Ended ended => Answer(http, ended.Outcome),
            JoinReport.UnderWay => Reply.Problem(http, ProblemCodes.Failed, "This device is being paired just now. Wait for that to end."),
            _ => Reply.Problem(http, ProblemCodes.AlreadyRegistered, "This device is registered already: there is nothing to pair. For another device use another --home."),
        });
    }

    private static Task Answer(HttpContext http, JoinOutcome outcome) => outcome switch
    {
        JoinOutcome.Paired { Certificate: { Sponsor: { } sponsor } certificate } => Reply.Json(
            http,
            new JoinDocument(
                sponsor.DeviceId.ToString(), Printable.Shorten(sponsor.Name), DocumentsOf.Word(PeerTrust.Provisional), certificate.ExpiresAt, DocumentsOf.Word(certificate.Scope)),
            AgentJson.Readable.JoinDocument),
        JoinOutcome.Refused refused => Problem(http, refused.Refusal),
        JoinOutcome.SponsorUnknown unknown => Reply.Problem(
            http, ProblemCodes.SponsorUnknown,
            $"Nobody here knows {Printable.Shorten(unknown.Sponsor.Name)}. Compare its fingerprint {unknown.Sponsor.PublicKey.KeyId} with the one that its own screen shows, and if they are the same say it with --fingerprint."),
        JoinOutcome.NotCompared other => Reply.Problem(
            http, ProblemCodes.NotCompared, $"Nobody said that {Printable.Shorten(other.Sponsor.Name)} shows the same code. Nothing was taken from it."),
        JoinOutcome.OtherFingerprint other => Reply.Problem(
            http, ProblemCodes.NotTrusted,
            $"The invitation is by a device with the fingerprint {other.Sponsor.PublicKey.KeyId}, not the one given: it may be somebody else's. Nothing was sent to it."),
        JoinOutcome.Unreachable unreachable => Reply.Problem(
            http, ProblemCodes.DeviceNotFound, $"The device that invites was not reached: {Printable.Shorten(unreachable.Detail)} Are both in one network, and is its agent running?"),
        _ => throw new InvalidOperationException($"No answer for {outcome.GetType().Name}."),
    };

    private static Task Problem(HttpContext http, PairingRefusal refusal) => Reply.Problem(
        http,
        refusal.Code switch
        {
            PairingRefusalCode.SponsorExpired or PairingRefusalCode.SponsorProvisional or PairingRefusalCode.SponsorRevoked or PairingRefusalCode.SponsorUntrusted => ProblemCodes.NotTrusted,
            PairingRefusalCode.NotCompared => ProblemCodes.NotCompared,
            PairingRefusalCode.NotStored or PairingRefusalCode.BadGrant => ProblemCodes.Failed,
            _ => ProblemCodes.BadToken,
        },
        Printable.Shorten(refusal.Detail));

    // As it is shown, and as people write such things.
    private static string? Fingerprint(string? text)
    {
        if (text is null)
            return null;
        var hex = string.Concat(text.Where(c => c is not ':' and not ' ' and not '-')).ToLowerInvariant();
        return hex.Length == 32 && hex.All(char.IsAsciiHexDigit)
            ? hex
            : throw new ProtocolException($"'{Printable.Shorten(text, 64)}' is no fingerprint: it has 32 hex digits, as the other device shows them.");
    }
}
