using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenShare.Agent.Documents;

/// <summary>What <c>openshare send --json</c> and <c>transfer show --json</c> print; an element or a line of <c>transfers</c>.</summary>
/// <param name="State">connecting, offered, awaiting_answer (of a person at the receiver), transferring, paused, waiting, finishing; ended: completed, incomplete, declined, cancelled, failed</param>
/// <param name="Problem">of a failed one: failed, bad_path, not_registered, device_not_found or not_trusted</param>
/// <param name="Direction">sending or receiving</param>
/// <param name="Peer">device id; null until whoever is at a typed address has proven who it is</param>
/// <param name="BytesTotal">still growing while <paramref name="TotalsKnown"/> is false</param>
/// <param name="BytesSent">verified and written by the receiver, over all connections and restarts</param>
/// <param name="BytesReused">not sent, since the receiver had them</param>
/// <param name="Receipt">null until the receiver's signed receipt is there and verified</param>
public sealed record TransferDocument(
    string TransferId,
    string ManifestId,
    string State,
    string? Problem,
    string Direction,
    string? Peer,
    string? PeerName,
    string? PeerAddress,
    string Summary,
    long BytesTotal,
    long BytesSent,
    long BytesReused,
    long ChunksTotal,
    long ChunksSent,
    bool TotalsKnown,
    DateTimeOffset StartedAt,
    double Seconds,
    string? Detail,
    ReceiptSummaryDocument? Receipt)
{
    /// <summary>What is sent, with its hashes and the sender's signature: in <c>transfer show --json</c> alone, once it is all known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Manifest { get; init; }

    /// <summary>files or text; of what is received it is a text only when its whole file list is there.</summary>
    public required string Kind { get; init; }

    /// <summary>A text that was received, whole: in <c>transfer show --json</c> alone. Null where it is not at <see cref="SavedAs"/> any more.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>Where the received text was saved: in <c>transfer show</c> alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SavedAs { get; init; }

    /// <summary>The path of the file that is being sent, where there are several.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? File { get; init; }

    /// <summary>How far each file is: in <c>transfer show</c> alone, without a list but with <c>--json</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FilesDocument? Files { get; init; }

    /// <summary>It will not change any more.</summary>
    public bool IsEnded() => State is TransferStates.Completed or TransferStates.Incomplete
        or TransferStates.Declined or TransferStates.Cancelled or TransferStates.Failed;
}

/// <summary>A text that was received.</summary>
/// <param name="Text">null: what is there now is not what arrived</param>
public sealed record TextDocument(string SavedAs, string? Text);

/// <summary>Counts of entries by outcome.</summary>
public sealed record ReceiptSummaryDocument(DateTimeOffset CompletedAt, int Delivered, int Withdrawn, int Refused, int Skipped = 0);

/// <summary>The words of <see cref="TransferDocument.State"/> that a program decides by.</summary>
public static class TransferStates
{
    public const string Connecting = "connecting";
    public const string Offered = "offered";
    public const string AwaitingAnswer = "awaiting_answer";
    public const string Transferring = "transferring";
    public const string Paused = "paused";
    public const string Waiting = "waiting";
    public const string Finishing = "finishing";
    public const string Completed = "completed";
    public const string Incomplete = "incomplete";
    public const string Declined = "declined";
    public const string Cancelled = "cancelled";
    public const string Failed = "failed";
}
