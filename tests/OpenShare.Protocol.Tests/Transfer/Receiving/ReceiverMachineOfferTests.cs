using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Receiving;

namespace OpenShare.Protocol.Tests.Transfer.Receiving;

/// <summary>Pages and chunks as they come, from the offer on.</summary>
public sealed class ReceiverMachineOfferTests : ReceiverMachineSpecs
{
    [Fact]
    public void An_offer_is_decided_stored_and_answered_with_what_is_missing()
    {
        Do(new ReceiverInput.Started());
        Do(new ReceiverInput.LinkUp());
        Expect(Offer(0), "=Deciding", "keep page 0", "decide photos");
        Expect(Stored(0, new ChunkRange(3, 2)));
        Expect(Do(new ReceiverInput.Decided(null)), "=Receiving", "-> Accepted", "-> missing of page 0: [0-2,5-15]");
        Expect(Offer(1), "keep page 1");
        Expect(Stored(1), "-> missing of page 1: [16-31]");
    }

    [Fact]
    public void A_chunk_that_overtakes_its_page_waits_for_it()
    {
        Do(new ReceiverInput.LinkUp());
        Do(new ReceiverInput.StreamUp(1));
        Do(new ReceiverInput.StreamUp(2));
        Expect(Frame(1, 0, 1));
        Offer(0);
        Stored(0);
        Expect(Frame(2, 16));
        Expect(Do(new ReceiverInput.Decided(null)), "=Receiving", "-> Accepted", "-> missing of page 0: [0-15]", "receive 1: 0,1");
        Offer(1);
        Expect(Stored(1), "-> missing of page 1: [16-31]", "receive 2: 16");
    }

    [Fact]
    public void A_chunk_is_acknowledged_once_it_is_verified_and_written_and_not_before()
    {
        Accept();
        Expect(Frame(1, 0, 1, 2), "receive 1: 0,1,2");
        Expect(Do(new ReceiverInput.ChunksWritten([0, 2])), "-> ack 0,2");
        Expect(Do(new ReceiverInput.ChunkMismatched(1)), "-> refused 1");
        Assert.Equal("0,2", Machine.Held.ToString());
    }

    [Fact]
    public void A_chunk_that_is_there_already_is_dropped_and_acknowledged()
    {
        Accept();
        Frame(1, 0);
        Do(new ReceiverInput.ChunksWritten([0]));
        Expect(Frame(2, 0, 1), "receive 2: (0),1", "-> ack 0");
    }
}
