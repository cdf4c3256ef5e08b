using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Transfer.Receiving;

namespace OpenShare.Protocol.Tests.Transfer.Receiving;

/// <summary>After a lost link or a restart it goes on.</summary>
public sealed class ReceiverMachineResumeTests : ReceiverMachineSpecs
{
    [Fact]
    public void On_a_resume_it_says_what_it_misses()
    {
        Accept();
        Do(new ReceiverInput.ChunksWritten(Ordinals(2, 30)));
        Do(new ReceiverInput.LinkLost());
        Expect(Do(new ReceiverInput.LinkUp()));
        Expect(Receive(TransferMessages.Resumed(Some.Transfer, Some.Manifest)),
            "-> want page 3", "-> missing of page 0: [0-1]", "-> missing of page 1: []", "-> missing of page 2: [32-40]");
    }

    /// <summary>Its disk was lost on the link that is up still, and with it what was acknowledged on it.</summary>
    [Fact]
    public void With_less_than_it_acknowledged_it_says_so_before_it_is_asked()
    {
        Accept();
        Do(new ReceiverInput.LinkLost());
        Expect(Do(new ReceiverInput.LinkUp(SpeaksFirst: true)),
            "-> want page 3", "-> missing of page 0: [0-15]", "-> missing of page 1: [16-31]", "-> missing of page 2: [32-40]");
    }

    [Fact]
    public void Paused_here_it_tells_the_sender_and_again_before_it_says_what_it_misses()
    {
        Accept();
        Expect(Do(new ReceiverInput.PauseOrdered(true)), "-> TransferPaused");
        Do(new ReceiverInput.LinkLost());
        Expect(Do(new ReceiverInput.LinkUp()));
        Assert.Equal("-> TransferPaused", Lines.Of(Receive(TransferMessages.Resumed(Some.Transfer, Some.Manifest)))[0]);
        Expect(Do(new ReceiverInput.PauseOrdered(false)), "-> TransferPaused");
    }

    /// <summary>Its last word was lost with the link before, say: it has no more to say, but answers.</summary>
    [Fact]
    public void A_sender_that_says_nothing_on_a_new_link_is_asked_again_and_again()
    {
        Accept();
        Do(new ReceiverInput.LinkLost());
        Do(new ReceiverInput.LinkUp());
        for (var times = 0; times < 2; times++)
        {
            Assert.Equal(Now + Small.Quiet, Machine.NextTimeout);
            Expect(Do(new ReceiverInput.TimedOut()));
            Now += Small.Quiet;
            Expect(Do(new ReceiverInput.TimedOut()),
                "-> want page 3", "-> missing of page 0: [0-15]", "-> missing of page 1: [16-31]", "-> missing of page 2: [32-40]");
        }
        Expect(Receive(TransferMessages.Cancelled(Some.Transfer, "no more")), "=Cancelled", "discard");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_a_link_and_when_it_is_over_nobody_is_asked(bool isLinked)
    {
        Accept();
        Do(new ReceiverInput.LinkLost());
        Do(new ReceiverInput.LinkUp());
        Do(isLinked ? new ReceiverInput.Cancelled("enough") : new ReceiverInput.LinkLost());
        Assert.Null(Machine.NextTimeout);
    }

    [Fact]
    public void One_that_says_something_is_not_asked()
    {
        Accept();
        Do(new ReceiverInput.LinkLost());
        Do(new ReceiverInput.LinkUp());
        Receive(TransferMessages.Resumed(Some.Transfer, Some.Manifest));
        Assert.Null(Machine.NextTimeout);
    }

    [Fact]
    public void A_resume_of_a_transfer_it_never_heard_of_starts_from_the_first_page()
    {
        Do(new ReceiverInput.LinkUp());
        Expect(Receive(TransferMessages.Resumed(Some.Transfer, Some.Manifest)), "-> want page 0");
        Expect(Offer(0), "=Deciding", "keep page 0", "decide photos");
    }

    [Fact]
    public void A_page_out_of_turn_is_asked_for_once_and_a_replayed_one_answered_again()
    {
        Do(new ReceiverInput.LinkUp());
        Offer(0);
        Stored(0);
        Do(new ReceiverInput.Decided(null));
        Expect(Offer(2), "-> want page 1");
        Expect(Offer(2));
        Expect(Offer(0), "-> missing of page 0: [0-15]");
        Expect(Offer(1), "keep page 1");
    }

    [Theory]
    [InlineData(ReceiverState.Deciding, false, "decide photos")]
    [InlineData(ReceiverState.Receiving, false, "=Settling;settle all but [1]")]
    [InlineData(ReceiverState.Settling, false, "=Settling;settle all but [1]")]
    [InlineData(ReceiverState.Placing, false, "place all but [1]")]
    [InlineData(ReceiverState.Placing, true, "=Delivering")]
    [InlineData(ReceiverState.Delivering, true, "")]
    public void After_a_restart_it_goes_on_with_what_was_kept(ReceiverState state, bool receipt, string expected)
    {
        var held = new ChunkMap();
        held.Add(new ChunkRange(0, 20));
        held.Add(40);
        var withdrawn = new Dictionary<uint, string> { [1] = "gone" };
        var kept = receipt ? ReceiptSigner.Sign(Some.ReceiverKey, Some.ReceiverCertificate, Manifest, withdrawn, [], Some.Now) : null;
        var machine = ReceiverMachine.Restore(Setup, new ReceiverRecord(Pages, held, withdrawn, [], state, "", kept));
        Expect(machine.Handle(new ReceiverInput.Started(), Now), expected.Split(';', StringSplitOptions.RemoveEmptyEntries));
        Expect(machine.Handle(new ReceiverInput.LinkUp(), Now), receipt ? ["-> Receipt"] : []);
    }

    [Theory]
    [InlineData(ReceiverState.AwaitingOffer)]
    [InlineData(ReceiverState.Deciding)]
    [InlineData(ReceiverState.Receiving)]
    public void Where_a_restart_came_before_the_first_page_was_kept_the_offer_is_heard_anew(ReceiverState state)
    {
        var machine = ReceiverMachine.Restore(Setup, new ReceiverRecord([], new ChunkMap(), new Dictionary<uint, string>(), [], state, "", Receipt: null));

        Expect(machine.Handle(new ReceiverInput.Started(), Now));
        machine.Handle(new ReceiverInput.LinkUp(), Now);
        Expect(machine.Handle(new ReceiverInput.Received(TransferMessages.Resumed(Some.Transfer, Some.Manifest)), Now), "-> want page 0");
        Expect(machine.Handle(new ReceiverInput.Received(TransferMessages.Offer(Some.Transfer, Pages[0])), Now), "=Deciding", "keep page 0", "decide photos");
    }

    [Fact]
    public void What_was_being_placed_cannot_go_on_without_its_file_list() => Assert.Throws<ProtocolException>(() => ReceiverMachine.Restore(
        Setup, new ReceiverRecord([], new ChunkMap(), new Dictionary<uint, string>(), [], ReceiverState.Placing, "", Receipt: null)));
}
