using System.Collections.Immutable;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Device.Views;

/// <summary>Counts of entries by outcome.</summary>
public sealed record ReceiptSummary(DateTimeOffset CompletedAt, int Delivered, int Withdrawn, int Refused, int Skipped = 0);

/// <summary>A receipt as it is kept: readable, and the bytes that anybody can verify.</summary>
/// <param name="Transfer">null for a receipt of a transfer that this device did not take part in</param>
/// <param name="FinalPageSha256">32 bytes: with the manifest's id, what the receiver signed for</param>
/// <param name="Encoded">the FinalReceipt message: signed receipt and the receiver's certificate</param>
public sealed record ReceiptView(
    TransferId? Transfer,
    ManifestId ManifestId,
    DeviceId Sender,
    DeviceId Receiver,
    string ReceiverName,
    ReadOnlyMemory<byte> FinalPageSha256,
    ReceiptSummary Summary,
    ImmutableArray<ReceiptEntry> Entries,
    ReadOnlyMemory<byte> Encoded);

/// <param name="Count">of how many entries in a row this holds: more than one only where the manifest is not held</param>
/// <param name="Path">from the manifest; null where this device does not hold it</param>
/// <param name="StoredAs">the path it got, where that differs</param>
public sealed record ReceiptEntry(uint EntryNo, uint Count, string? Path, EntryResult Result, string? StoredAs, string? Detail);

public enum EntryResult
{
    Delivered,
    Withdrawn,
    Refused,

    /// <summary>Its name was taken, and the sender wanted nothing written there.</summary>
    Skipped,
}

/// <param name="Problem">null: signed by a device of this account, and for the manifest this device knows, if it does</param>
/// <param name="MatchesManifest">true: compared with the manifest and the same; null: this device has no such manifest</param>
/// <param name="Receipt">null when it cannot even be read</param>
public sealed record ReceiptCheck(string? Problem, bool? MatchesManifest, ReceiptView? Receipt)
{
    public bool IsGood => Problem is null;
}
