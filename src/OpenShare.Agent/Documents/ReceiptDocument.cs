namespace OpenShare.Agent.Documents;

/// <summary>What <c>openshare receipt show --json</c> prints. A file of it can be verified anywhere, offline.</summary>
/// <param name="Sender">device id</param>
/// <param name="Receiver">device id</param>
/// <param name="FinalPageSha256">64 hex digits: what the receiver signed for, besides the manifest's id</param>
/// <param name="Receipt">base64url of the FinalReceipt message: the signed receipt and the receiver's certificate</param>
public sealed record ReceiptDocument(
    string? TransferId,
    string ManifestId,
    string Sender,
    string Receiver,
    string ReceiverName,
    string FinalPageSha256,
    DateTimeOffset CompletedAt,
    int Delivered,
    int Withdrawn,
    int Refused,
    IReadOnlyList<ReceiptEntryDocument> Entries,
    string Receipt,
    int Skipped = 0);

/// <param name="Count">of how many entries from this one on it holds: more than one only without the manifest</param>
/// <param name="Path">null where this device does not have the manifest</param>
/// <param name="Outcome">delivered, withdrawn, refused or skipped</param>
/// <param name="StoredAs">the path it got, where that differs</param>
public sealed record ReceiptEntryDocument(uint EntryNo, uint Count, string? Path, string Outcome, string? StoredAs, string? Detail);

/// <summary>What <c>openshare receipt verify --json</c> prints.</summary>
/// <param name="Problem">why it is not valid, for a person</param>
/// <param name="MatchesManifest">null: this device does not have the manifest, so only the signature was checked</param>
public sealed record VerdictDocument(bool Valid, string? Problem, bool? MatchesManifest, ReceiptDocument? Receipt);
