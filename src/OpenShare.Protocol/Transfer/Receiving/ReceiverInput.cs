using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>What a receiver machine is told.</summary>
public abstract record ReceiverInput
{
    private ReceiverInput() { }

    /// <summary>Once, first: a new or a restored transfer begins.</summary>
    public sealed record Started : ReceiverInput;

    /// <summary>There is an authenticated link to the sender. Messages of an earlier link must not come after this.</summary>
    /// <param name="SpeaksFirst">an earlier session was on it, and the sender has no reason to ask: for chunks that are not there any more, say</param>
    public sealed record LinkUp(bool SpeaksFirst = false) : ReceiverInput;

    /// <summary>The link is gone, and its streams with it.</summary>
    public sealed record LinkLost : ReceiverInput;

    /// <summary>The two devices refuse each other, and do so until somebody changes that. A sender that waits for a word then asks for it.</summary>
    public sealed record LinkRefused(string Reason) : ReceiverInput;

    public sealed record StreamUp(long Stream) : ReceiverInput;

    public sealed record StreamDown(long Stream) : ReceiverInput;

    /// <summary>A control message of this transfer arrived.</summary>
    public sealed record Received(Control Message) : ReceiverInput;

    /// <summary>A person here has it wait, or lets it go on.</summary>
    public sealed record PauseOrdered(bool IsPaused) : ReceiverInput;

    /// <summary>The accept policy leaves it to a person: Decided may be long in coming. Until then nothing is taken.</summary>
    public sealed record PersonAsked : ReceiverInput;

    /// <summary>The accept policy, or the person it left it to, has spoken.</summary>
    /// <param name="Refusal">null: accepted; else why not, for the sender's person</param>
    public sealed record Decided(string? Refusal) : ReceiverInput;

    /// <summary>A page is kept and its entries prepared.</summary>
    /// <param name="Held">chunks of it that are there already, verified</param>
    /// <param name="Refused">entries that cannot be, or are not to be, stored here: their chunks are not asked for</param>
    public sealed record PageStored(int Page, IReadOnlyList<ChunkRange> Held, IReadOnlyList<EntryNote.NotStored> Refused) : ReceiverInput;

    /// <summary>A frame begins on a stream. Its bytes wait until ReceiveFrame; one frame a stream.</summary>
    public sealed record FrameArrived(long Stream, ChunkFrame Head) : ReceiverInput;

    /// <summary>These chunks match their hashes and are written.</summary>
    public sealed record ChunksWritten(IReadOnlyList<long> Ordinals) : ReceiverInput
    {
        /// <summary>Those of them that did not travel, but were written with another that has the same bytes.</summary>
        public IReadOnlyList<long> Copied { get; init; } = [];
    }

    /// <summary>The chunk's bytes are not those its hash names. Nothing of it was written.</summary>
    public sealed record ChunkMismatched(long Ordinal) : ReceiverInput;

    /// <summary>These were said to be held and are not there any more, before anything was put in place: they have to travel.</summary>
    public sealed record ChunksLost(IReadOnlyList<long> Ordinals) : ReceiverInput;

    /// <summary>Every entry is whole, and none has its name yet.</summary>
    public sealed record EntriesSettled : ReceiverInput;

    /// <summary>All is in its place under its final name, but for these notes.</summary>
    public sealed record EntriesPlaced(IReadOnlyList<EntryNote> Notes) : ReceiverInput;

    /// <summary>The receipt that was to be kept is kept.</summary>
    public sealed record ReceiptStored : ReceiverInput;

    /// <summary>Something could not be written since the disk is full. It is kept, and tried again when RetryDisk says so.</summary>
    /// <param name="Reason">for the persons on both sides</param>
    public sealed record DiskFull(string Reason) : ReceiverInput;

    /// <summary>Nothing waited for a full disk any more when it was to be tried again.</summary>
    public sealed record DiskFreed : ReceiverInput;

    /// <summary>The disk cannot be written: the transfer cannot go on.</summary>
    public sealed record Failed(string Reason) : ReceiverInput;

    /// <summary>A person here cancels.</summary>
    public sealed record Cancelled(string Reason) : ReceiverInput;

    /// <summary><see cref="ReceiverMachine.NextTimeout"/> has come.</summary>
    public sealed record TimedOut : ReceiverInput;
}
