using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer.Receiving;

/// <summary>Chunks that stand in the destination before they could travel, and entries that are not wanted there.</summary>
public sealed class ReceiverMachineStandingTests : ReceiverMachineSpecs
{
    [Fact]
    public void What_stands_there_is_not_asked_for_and_counts_as_reused()
    {
        Accept(pages: 0);
        Offer(1);
        Expect(Stored(1, new ChunkRange(16, 10)), "-> missing of page 1: [26-31]");
        Assert.Equal((10_000, 10_000), (Machine.Progress.BytesDone, Machine.Progress.BytesReused));
    }

    [Fact]
    public void What_was_there_and_is_lost_before_the_end_is_asked_for_and_then_all_is_placed()
    {
        Accept(pages: 2);
        Offer(2);
        Stored(2, new ChunkRange(32, 9));
        Expect(Do(new ReceiverInput.ChunksWritten(Ordinals(0, 32))).Skip(1), "=Settling", "settle all but []");

        Expect(Do(new ReceiverInput.ChunksLost([33, 34, 40])), "=Receiving", "-> missing of page 2: [33-34,40]");

        Assert.Equal(6000, Machine.Progress.BytesReused);
        Expect(Do(new ReceiverInput.EntriesSettled()));
        Expect(Frame(1, 33, 34), "receive 1: 33,34");
        Do(new ReceiverInput.ChunksWritten([33, 34]));
        Expect(Do(new ReceiverInput.ChunksWritten([40])), "-> ack 40", "=Settling", "settle all but []");
        Expect(Do(new ReceiverInput.EntriesSettled()), "=Placing", "place all but []");
        Assert.Equal(41_000, Machine.Progress.BytesDone);
    }

    /// <summary>Room for a copy was waited for; what was to be copied was deleted, to make room.</summary>
    [Fact]
    public void What_is_lost_while_a_full_disk_is_waited_for_ends_that_wait()
    {
        Accept(pages: 2);
        Offer(2);
        Stored(2, new ChunkRange(32, 9));
        Do(new ReceiverInput.ChunksWritten(Ordinals(0, 32)));
        Do(new ReceiverInput.DiskFull("no room"));
        Now = Machine.NextTimeout!.Value;
        Do(new ReceiverInput.TimedOut());

        Expect(Do(new ReceiverInput.ChunksLost([33])), "-> stalled no more", "=Receiving", "-> missing of page 2: [33]");
        Assert.Null(Machine.Stalled);
    }

    [Fact]
    public void What_is_lost_of_a_file_that_was_withdrawn_is_not_asked_for()
    {
        Accept(pages: 2);
        Offer(2);
        Stored(2, new ChunkRange(32, 9));
        Changed(1);

        Expect(Do(new ReceiverInput.ChunksLost([33, 34])), "settle all but [1]");
    }

    [Fact]
    public void Nothing_is_lost_once_it_is_put_in_place()
    {
        Accept();
        WriteAndSettle();
        Expect(Do(new ReceiverInput.ChunksLost([3])));
        Do(new ReceiverInput.EntriesPlaced([]));

        Expect(Do(new ReceiverInput.ChunksLost([3])));
        Sealed();
    }

    [Fact]
    public void A_file_that_turns_out_to_be_another_on_a_later_page_is_skipped_whole()
    {
        Do(new ReceiverInput.LinkUp());
        Offer(0);
        Do(new ReceiverInput.Decided(null));
        Expect(Stored(0, new ChunkRange(0, 16)), "-> missing of page 0: []");
        Offer(1);
        Expect(Do(new ReceiverInput.PageStored(1, [], [new EntryNote.Skipped(1, "the name is taken")])), "-> missing of page 1: []");
        Offer(2);
        Stored(2);
        Assert.Equal((0, 0), (Machine.Progress.BytesDone, Machine.Progress.BytesReused));
        Expect(Do(new ReceiverInput.ChunksWritten([40])), "-> ack 40", "=Settling", "settle all but [1]");
        Do(new ReceiverInput.EntriesSettled());

        Do(new ReceiverInput.EntriesPlaced([new EntryNote.AlreadyThere(0)]));

        var receipt = Sealed();
        Assert.True(receipt.IsWhole);
        Assert.Equal(1, receipt.Count(EntryOutcome.Types.Outcome.Skipped));
        var text = ReceiptText.Describe(receipt, Manifest);
        Assert.Contains("1 skipped since the name was taken", text, StringComparison.Ordinal);
        Assert.Contains("photos: already there", text, StringComparison.Ordinal);
        Assert.Contains("photos/long.raw: skipped: the name is taken", text, StringComparison.Ordinal);
        Assert.IsType<ReceiptVerdict.Genuine>(ReceiptVerifier.Verify(Machine.Receipt!, Some.Trust, Manifest, _ => false));
    }
}
