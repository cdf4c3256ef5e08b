using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>What a receiver machine asks its shell to do, in this order.</summary>
public abstract record ReceiverEffect
{
    private ReceiverEffect() { }

    public sealed record SendControl(Control Message) : ReceiverEffect;

    /// <summary>Ask the accept policy, then say Decided; or PersonAsked, and Decided once that person has answered.</summary>
    public sealed record Decide(OfferSummary Offer) : ReceiverEffect;

    /// <summary>Keep the page, prepare its entries, look for chunks that are there already, then say PageStored.</summary>
    public sealed record PersistPage(ManifestPage Page, Signed Blob) : ReceiverEffect;

    /// <summary>Take the frame's bytes now: verify and write each chunk that is kept, drop the others; then ChunksWritten or ChunkMismatched.</summary>
    public sealed record ReceiveFrame(long Stream, IReadOnlyList<IncomingChunk> Chunks) : ReceiverEffect;

    /// <summary>Close the streams that are open, with whatever came on them: nothing is taken from them now.</summary>
    public sealed record CloseStreams : ReceiverEffect;

    /// <summary>Keep this before the next effect: after a restart the machine is restored with it. What was written of the entry can go.</summary>
    public sealed record PersistWithdrawal(uint EntryNumber, string Reason) : ReceiverEffect;

    /// <summary>Try again what found the disk full; where nothing waits for it any more, say DiskFreed.</summary>
    public sealed record RetryDisk : ReceiverEffect;

    /// <summary>
    /// Make every entry that is not left out whole, of what stands in the destination too, then say EntriesSettled, or ChunksLost. Nothing
    /// gets its name. After a restart this comes again.
    /// </summary>
    public sealed record SettleEntries(IReadOnlySet<uint> LeftOut) : ReceiverEffect;

    /// <summary>Put every entry that is not left out under its final name, durably, then say EntriesPlaced. After a restart this comes again.</summary>
    public sealed record PlaceEntries(IReadOnlySet<uint> LeftOut) : ReceiverEffect;

    /// <summary>Keep it, durably, then say ReceiptStored.</summary>
    public sealed record PersistReceipt(FinalReceipt Receipt) : ReceiverEffect;

    /// <summary>Remove whatever was written and is not in its place.</summary>
    public sealed record Discard : ReceiverEffect;

    /// <summary>Keep and tell. In an end state streams are closed.</summary>
    public sealed record StateChanged(ReceiverState State, string Reason) : ReceiverEffect;
}

/// <summary>A chunk of an arriving frame, in the frame's order.</summary>
/// <param name="Keep">false: it is there already or not wanted any more</param>
public readonly record struct IncomingChunk(ChunkLocation Location, bool Keep)
{
    /// <summary>Chunks that are missing too and have the same bytes: to be written with it.</summary>
    public IReadOnlyList<ChunkLocation> Copies { get; init; } = [];
}

/// <summary>A chunk that is there, and one that is missing and has the same bytes.</summary>
public readonly record struct RepeatedChunk(ChunkLocation There, ChunkLocation Missing);

/// <summary>What is known of an offer when its first page is there.</summary>
/// <param name="Names">the top names, as far as the first page goes</param>
/// <param name="IsWhole">true when that page is the last: then the numbers are final</param>
public sealed record OfferSummary(IReadOnlyList<string> Names, int Entries, long Bytes, bool IsWhole);

public enum ReceiverState
{
    /// <summary>no page yet</summary>
    AwaitingOffer,

    /// <summary>the accept policy is asked</summary>
    Deciding,

    Receiving,

    /// <summary>every chunk is there, and what stands in the destination is copied where it is wanted elsewhere: the last moment to cancel</summary>
    Settling,

    /// <summary>the entries get their names</summary>
    Placing,

    /// <summary>the receipt is kept, and not confirmed yet</summary>
    Delivering,

    /// <summary>all is in its place and the sender has the receipt, or wants none any more</summary>
    Completed,

    Declined,
    Cancelled,
    Failed,
}
