using System.Text.Json;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Device.Discovery;
using OpenShare.Device.Pairing;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Agent.Api;

/// <summary>
/// What the device answers, as the documents people and programs get. Text that peers chose is made printable
/// here, so that nothing behind this line can be made to obey it.
/// </summary>
internal static class DocumentsOf
{
    internal static StatusDocument Document(this DeviceStatus status, AgentContext agent) => Document(status, agent.Options) with { Crash = agent.Crash };

    private static StatusDocument Document(DeviceStatus status, AgentOptions options) => new(
        status.DeviceId.ToString(),
        status.Account?.Value,
        Printable.Shorten(status.Name),
        status.CertificateExpiresAt,
        Word(status.Trust),
        status.Revocation.Version,
        status.Revocation.IssuedAt,
        status.Revocation.IsStale,
        [.. status.Listening.Select(e => e.ToString())],
        [.. status.Discovery.Rungs.Select(r => new RungDocument(Word(r.Way), r.Interface, Word(r.State))), new RungDocument(Word(FoundBy.LastKnown), null, Word(status.Discovery.LastKnown))],
        [.. status.Warnings.Select(w => Printable.Shorten(w))],
        status.Registration.Document(),
        options.Home,
        options.SaveTo,
        Word(options.Takes))
    {
        CertEndsSoon = status.CertificateEndsSoon,
        Overwrite = Word(options.Overwrite),
        Limit = options.Limit,
        ProvisionalLimit = options.Provisional.MostBytes,
        ProvisionalTo = options.Provisional.SaveTo,
        PairingOffered = status.Discovery.IsPairingOffered,
        Rules = [.. status.Rules.Select(r => new AcceptRuleDocument(r.Device.ToString(), PrintableOrNull(r.Name), Word(r.Rule)))],
    };

    internal static RegistrationDocument Document(this RegistrationState state) => state switch
    {
        RegistrationState.Unregistered => new("unregistered", null, 0, null, null, null),
        RegistrationState.Underway underway =>
            new("underway", underway.Server.ToString(), underway.Attempts, PrintableOrNull(underway.LastProblem), null, underway.NextAttemptAt),
        RegistrationState.Provisional provisional =>
            new("provisional", provisional.Server.ToString(), provisional.Attempts, PrintableOrNull(provisional.LastProblem), provisional.AwaitsAdministrator ? "awaits_administrator" : null, provisional.NextAttemptAt),
        RegistrationState.Certified certified => new("certified", certified.Server.ToString(), 0, null, null, null),
        RegistrationState.Refused refused => new("refused", null, 0, Printable.Shorten(refused.Detail), Word(refused.Reason), null),
        _ => throw new InvalidOperationException($"No document for {state.GetType().Name}."),
    };

    internal static PeerDocument Document(this PeerView peer) => new(
        peer.DeviceId.ToString(),
        Printable.Shorten(peer.Name),
        peer.Address?.ToString(),
        Word(peer.Trust),
        peer.FoundBy is { } by ? Word(by) : null,
        peer.Latency is { } latency ? (long)latency.TotalMilliseconds : null);

    internal static TransferDocument Document(this TransferView transfer) => new(
        transfer.Id.ToString(),
        transfer.ManifestId.ToString(),
        Word(transfer.State),
        transfer.Problem is { } problem ? Word(problem) : null,
        Word(transfer.Direction),
        transfer.Peer?.ToString(),
        PrintableOrNull(transfer.PeerName),
        transfer.PeerAddress?.ToString(),
        Printable.Shorten(transfer.Summary),
        transfer.BytesTotal,
        transfer.BytesDone,
        transfer.BytesReused,
        transfer.ChunksTotal,
        transfer.ChunksDone,
        transfer.TotalsKnown,
        transfer.StartedAt,
        Math.Round(transfer.Elapsed.TotalSeconds, 3),
        transfer.Detail is null ? null : string.Join('\n', transfer.Detail.Split('\n').Select(line => Printable.Shorten(line))),
        transfer.Receipt is { } receipt ? new(receipt.CompletedAt, receipt.Delivered, receipt.Withdrawn, receipt.Refused, receipt.Skipped) : null)
    {
        Kind = transfer.IsText ? "text" : "files",
        File = PrintableOrNull(transfer.File),
    };

    internal static FilesDocument Document(this FilesProgress files) => new(
        files.Done, files.UnderWay, files.ToCome, files.LeftOut,
        [.. files.List.Select(f => new FileDocument(Printable.Shorten(f.Path, Limits.Path), Word(f.State), f.Size, f.BytesDone))], files.Next);

    internal static ReceiptDocument Document(this ReceiptView receipt) => new(
        receipt.Transfer?.ToString(),
        receipt.ManifestId.ToString(),
        receipt.Sender.ToString(),
        receipt.Receiver.ToString(),
        Printable.Shorten(receipt.ReceiverName),
        Convert.ToHexStringLower(receipt.FinalPageSha256.Span),
        receipt.Summary.CompletedAt,
        receipt.Summary.Delivered,
        receipt.Summary.Withdrawn,
        receipt.Summary.Refused,
        [.. receipt.Entries.Select(e => new ReceiptEntryDocument(e.EntryNo, e.Count, PrintableOrNull(e.Path), Word(e.Result), e.StoredAs, PrintableOrNull(e.Detail)))],
        Base64Url.Encode(receipt.Encoded.Span),
        receipt.Summary.Skipped);

    internal static VerdictDocument Document(this ReceiptCheck check) =>
        new(check.IsGood, PrintableOrNull(check.Problem), check.MatchesManifest, check.Receipt?.Document());

    internal static RevocationDocument Document(this RevocationView list, bool? changed = null) =>
        new(list.Version, list.IssuedAt, list.NextUpdate, list.IsStale, list.RevokedDevices, list.CheckedAt, changed);

    internal static DoctorDocument Document(this Diagnosis diagnosis, TimeSpan took) => new(
        diagnosis.IsHealthy,
        diagnosis.Findings.Count(f => f.Severity == Severity.Problem),
        diagnosis.Findings.Count(f => f.Severity == Severity.Note),
        Math.Round(took.TotalSeconds, 1),
        [.. diagnosis.Findings.Select(f => new FindingDocument(
            Word(f.Code), Word(f.Severity), PrintableOrNull(f.About), Printable.Shorten(f.What), PrintableOrNull(f.Why),
            PrintableOrNull(f.Remedy?.Text), PrintableOrNull(f.Remedy?.Command)))]);

    /// <summary>The words of a closed set: its names in snake_case.</summary>
    internal static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static string? PrintableOrNull(string? text) => text is null ? null : Printable.Shorten(text);

    internal static ComparisonDocument Document(this Comparison comparison)
    {
        var given = (comparison.State as ComparisonState.Paired)?.Certificate;
        return new ComparisonDocument(
            comparison.Number, comparison.IsSponsor ? "sponsor" : "new", comparison.Peer.DeviceId.ToString(), Printable.Shorten(comparison.Peer.Name), comparison.Code.ToString(),
            comparison.IsAsked, comparison.State switch { ComparisonState.Open => "open", ComparisonState.Paired => "paired", _ => "refused" },
            comparison.State is ComparisonState.Refused refused ? Printable.Shorten(refused.Detail) : null, given?.ExpiresAt, given is null ? null : Word(given.Scope));
    }
}
