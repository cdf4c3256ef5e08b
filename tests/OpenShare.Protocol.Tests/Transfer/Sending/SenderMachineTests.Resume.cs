using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Sending;

namespace OpenShare.Protocol.Tests.Transfer.Sending;

/// <summary>After cuts, silence and restarts.</summary>
public sealed partial class SenderMachineTests
{
    [Fact]
    public void After_a_cut_the_receivers_lists_decide_what_travels()
    {
        Begin();
        Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 16)]));
        Receive(Acked(0));
        Expect(Do(new SenderInput.LinkLost()));
        Expect(Do(new SenderInput.LinkUp()), "-> TransferResumed", "open 2 streams");
        Expect(Do(new SenderInput.StreamUp(7)));
        Expect(Receive(TransferMessages.Wanted(Some.Transfer, 1)), "page 1", "frame 7: 16", "frame 7: 17");
        // Chunk 1's acknowledgement was lost; 0's was not. Neither travels again.
        Expect(Receive(TransferMessages.Missing(Some.Transfer, 0, [new(2, 14)])), "page 2");
        Expect(Receive(Acked(16)), "frame 7: 2");
    }

    [Fact]
    public void A_lost_streams_chunks_travel_on_another_and_a_new_one_is_asked_for()
    {
        Begin();
        Expect(Do(new SenderInput.StreamDown(1)));
        Expect(Receive(Acked(2)), "frame 2: 0");
        _now += Small.StreamRetry;
        Assert.Equal(_now, _machine.NextTimeout);
        Expect(Do(new SenderInput.TimedOut()), "open 1 streams");
    }

    /// <summary>A command's device takes no streams for long: they would be made and ended each second.</summary>
    [Fact]
    public void While_the_receiver_waits_for_something_no_stream_is_asked_for_in_place_of_a_lost_one()
    {
        Begin();
        Receive(TransferMessages.Stalled(Some.Transfer, "no agent"));
        Do(new SenderInput.StreamDown(1));
        Do(new SenderInput.StreamDown(2));
        Assert.Null(_machine.NextTimeout);
        Expect(Receive(TransferMessages.Stalled(Some.Transfer, null)), "open 2 streams");
    }

    [Fact]
    public void A_notice_waits_for_its_page_and_comes_again_after_a_cut()
    {
        Do(new SenderInput.LinkUp());
        foreach (var page in Pages)
            Do(new SenderInput.PageBuilt(page));
        Expect(Do(new SenderInput.EntryChanged(4, "gone")), "keep withdrawal 4");
        Expect(Receive(TransferMessages.Missing(Some.Transfer, 0, [])), "=Sending", "page 2", "-> EntryChanged");
        Do(new SenderInput.LinkLost());
        Do(new SenderInput.LinkUp());
        Expect(Receive(TransferMessages.Wanted(Some.Transfer, 3)), "-> EntryChanged");
    }

    [Fact]
    public void In_silence_it_asks_again()
    {
        Begin();
        Assert.Equal(_now + Small.Quiet, _machine.NextTimeout);
        Expect(Do(new SenderInput.TimedOut()));
        _now += Small.Quiet;
        Expect(Do(new SenderInput.TimedOut()), "-> TransferResumed");
        // The answer changes nothing that is under way.
        Expect(Receive(TransferMessages.Wanted(Some.Transfer, 3)));
        Expect(Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 16)])), "=Sending");
    }

    [Fact]
    public void A_missing_list_that_did_not_come_is_asked_for()
    {
        Begin();
        Do(new SenderInput.LinkLost());
        Do(new SenderInput.LinkUp());
        Do(new SenderInput.StreamUp(3));
        Do(new SenderInput.StreamUp(4));
        Receive(TransferMessages.Wanted(Some.Transfer, 3));
        // The lists for the pages 0 and 1 were lost: nothing is under way, and not everything is acknowledged.
        Expect(Receive(TransferMessages.Missing(Some.Transfer, 2, [])), "=Sending");
        Assert.Equal(_now + Small.Quiet, _machine.NextTimeout);
        _now += Small.Quiet;
        Expect(Do(new SenderInput.TimedOut()), "-> TransferResumed");
    }

    [Fact]
    public void After_a_restart_it_goes_on_with_what_was_kept()
    {
        var record = new SenderRecord(Pages, new Dictionary<uint, string> { [4] = "gone" }, SenderState.Sending, "", null);
        var machine = SenderMachine.Restore(Setup, record);
        Expect(machine.Handle(new SenderInput.Started(), _now));
        Expect(machine.Handle(new SenderInput.LinkUp(), _now), "-> TransferResumed", "open 2 streams");
        Expect(machine.Handle(new SenderInput.StreamUp(1), _now));
        Expect(machine.Handle(new SenderInput.Received(TransferMessages.Wanted(Some.Transfer, 3)), _now), "-> EntryChanged");
        Expect(machine.Handle(new SenderInput.Received(TransferMessages.Missing(Some.Transfer, 2, [new(39, 2)])), _now), "frame 1: 39");
    }

    [Fact]
    public void A_receipt_kept_before_a_restart_is_success_after_it()
    {
        var machine = SenderMachine.Restore(Setup, new SenderRecord(Pages, new Dictionary<uint, string>(), SenderState.AwaitingReceipt, "", Sign(Manifest)));
        Expect(machine.Handle(new SenderInput.Started(), _now), "=Completed");
    }

    [Fact]
    public void A_damaged_store_is_said_to_be() =>
        Assert.Throws<ProtocolException>(() => SenderMachine.Restore(Setup, new SenderRecord([Pages[1]], new Dictionary<uint, string>(), SenderState.Sending, "", null)));
}
