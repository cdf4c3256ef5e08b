using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Receiving;

namespace OpenShare.Protocol.Tests.Transfer.Receiving;

/// <summary>A disk that is full in the middle, and has room again, or not.</summary>
public sealed class ReceiverMachineDiskTests : ReceiverMachineSpecs
{
    [Fact]
    public void A_full_disk_is_said_and_tried_again_and_what_is_written_then_says_that_it_is_over()
    {
        Accept();
        Expect(Full(), "-> stalled: no room");
        Assert.Equal("no room", Machine.Stalled);
        Now += Small.DiskRetry;
        Expect(Do(new ReceiverInput.TimedOut()), "try the disk again");

        Expect(Do(new ReceiverInput.ChunksWritten([1])), "-> stalled no more", "-> ack 1");

        Assert.Null(Machine.Stalled);
        Assert.Null(Machine.NextTimeout);
    }

    [Fact]
    public void It_is_tried_again_after_longer_and_longer_pauses_up_to_the_longest()
    {
        Accept();
        List<TimeSpan> pauses = [];
        for (var i = 0; i < 6; i++)
        {
            Full();
            pauses.Add(Machine.NextTimeout!.Value - Now);
            Now = Machine.NextTimeout.Value;
            Expect(Do(new ReceiverInput.TimedOut()), "try the disk again");
            Assert.Null(Machine.NextTimeout);
        }
        Assert.Equal([1, 2, 4, 8, 10, 10], pauses.Select(p => p.TotalSeconds));
    }

    [Fact]
    public void Of_several_that_find_it_full_at_once_one_is_said_and_none_makes_the_pause_longer()
    {
        Accept();
        Full();
        var due = Machine.NextTimeout;

        Expect(Full());
        // Under way before: it says nothing of the disk as it is now.
        Expect(Do(new ReceiverInput.ChunksWritten([1])), "-> ack 1");

        Assert.Equal(due, Machine.NextTimeout);
        Assert.NotNull(Machine.Stalled);
    }

    [Fact]
    public void A_page_that_can_be_kept_at_last_ends_it_too()
    {
        Accept(pages: 2);
        Offer(2);
        Full();
        Now += Small.DiskRetry;
        Do(new ReceiverInput.TimedOut());

        Expect(Stored(2), "-> stalled no more", "-> missing of page 2: [32-40]");
    }

    [Fact]
    public void On_a_new_link_the_sender_is_told_again_and_a_disk_is_tried_without_one()
    {
        Accept();
        Full();
        Do(new ReceiverInput.LinkLost());
        Now += Small.DiskRetry;
        Expect(Do(new ReceiverInput.TimedOut()), "try the disk again");
        Expect(Full());

        Do(new ReceiverInput.LinkUp());
        Expect(
            Receive(TransferMessages.Resumed(Some.Transfer, Some.Manifest)).Take(2), "-> stalled: no room", "-> want page 3");
    }

    [Fact]
    public void Where_nothing_waits_any_more_it_is_over()
    {
        Accept();
        Full();
        Now += Small.DiskRetry;
        Expect(Do(new ReceiverInput.TimedOut()), "try the disk again");
        Expect(Do(new ReceiverInput.DiskFreed()), "-> stalled no more");
        Expect(Do(new ReceiverInput.DiskFreed()));
        Assert.Null(Machine.NextTimeout);
    }

    [Fact]
    public void What_came_to_wait_before_it_was_heard_that_nothing_waits_is_tried_again()
    {
        Accept();
        Full();
        Now += Small.DiskRetry;
        Expect(Do(new ReceiverInput.TimedOut()), "try the disk again");
        Full();
        var due = Machine.NextTimeout;

        Expect(Do(new ReceiverInput.DiskFreed()));

        Assert.NotNull(due);
        Assert.Equal(due, Machine.NextTimeout);
        Assert.NotNull(Machine.Stalled);
    }

    [Fact]
    public void It_can_be_cancelled_on_either_side_and_is_tried_no_more()
    {
        Accept();
        Full();
        Expect(Receive(TransferMessages.Cancelled(Some.Transfer, "enough")), "=Cancelled", "discard");
        Assert.Null(Machine.NextTimeout);
        Assert.Null(Machine.Stalled);
        Expect(Full());
    }

    [Fact]
    public void Placing_waits_for_room_too_and_delivers()
    {
        Accept();
        WriteAll();
        Expect(Full(), "-> stalled: no room");
        Now += Small.DiskRetry;
        Expect(Do(new ReceiverInput.TimedOut()), "try the disk again");
        Expect(Do(new ReceiverInput.EntriesSettled()), "-> stalled no more", "=Placing", "place all but []");
        Expect(Full(), "-> stalled: no room");
        Expect(Do(new ReceiverInput.EntriesPlaced([])), "-> stalled no more", "keep receipt");
        Sealed();
        Expect(Full());
    }

    private IReadOnlyList<ReceiverEffect> Full() => Do(new ReceiverInput.DiskFull("no room"));
}
