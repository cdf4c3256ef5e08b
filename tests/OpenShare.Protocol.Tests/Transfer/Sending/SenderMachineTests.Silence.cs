using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Sending;

namespace OpenShare.Protocol.Tests.Transfer.Sending;

/// <summary>Streams that lead nowhere any more, while the link and others live.</summary>
public sealed partial class SenderMachineTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(0.1);

    [Fact]
    public void One_that_is_silent_while_others_get_their_later_chunks_through_is_ended_and_its_chunks_travel_on_them()
    {
        BeginAll();
        var began = _now;
        // Two on stream 2 are acknowledged every ten seconds, the second of them a moment after it went out.
        Receive(Acked(2, 3));
        for (var next = 4; next < 10; next += 2)
        {
            _now += TimeSpan.FromSeconds(10);
            Expect(Receive(Acked(next)), $"frame 2: {next + 2}");
            Assert.Equal(0, _machine.Progress.BytesAgain);
            Expect(Receive(Acked(next + 1)), $"frame 2: {next + 3}");
        }
        Assert.Equal(TimeSpan.FromSeconds(30), _now - began);

        _now += Moment;
        Expect(Receive(Acked(10)), "frame 2: 12");
        _now += TimeSpan.FromSeconds(1);
        // It took ten times as long: on such a line four times that is nothing.
        Expect(Receive(Acked(11)), "frame 2: 13");
        _now += Moment;
        Expect(Receive(Acked(13)), "close 1", "frame 2: 0");

        Expect(Receive(Acked(12)), "frame 2: 1");
        Assert.Equal(2000, _machine.Progress.BytesAgain);
        // And its place is taken by another.
        _now += Small.StreamRetry;
        Expect(Do(new SenderInput.TimedOut()), "open 1 streams");
        // What came through after all is not sent again.
        Receive(Acked(0, 1));
        Assert.DoesNotContain(Do(new SenderInput.StreamUp(3)).OfType<SenderEffect.SendFrame>(), f => f.Ordinals[0] < 2);
    }

    [Fact]
    public void One_of_which_anything_is_heard_has_as_long_again()
    {
        BeginAll();
        Receive(Acked(2, 3));
        _now += Small.SilentPatience;
        Receive(Acked(1));
        _now += Small.SilentPatience - Moment;
        Receive(Acked(4));
        _now += Moment / 2;
        Assert.DoesNotContain(Receive(Acked(7)), e => e is SenderEffect.CloseStream);
    }

    [Fact]
    public void A_receiver_that_holds_up_all_of_them_for_long_ends_none()
    {
        BeginAll();
        _now += TimeSpan.FromMinutes(10);
        Expect(Receive(Acked(2)), "frame 2: 4");
        Expect(Receive(Acked(3)), "frame 2: 5");
    }

    [Fact]
    public void A_full_disk_says_nothing_of_a_stream()
    {
        BeginAll();
        Receive(Acked(2, 3));
        Receive(TransferMessages.Stalled(Some.Transfer, "its disk is full"));
        _now += TimeSpan.FromMinutes(10);
        Receive(TransferMessages.Stalled(Some.Transfer, null));
        Receive(Acked(4));
        _now += Moment;
        Assert.DoesNotContain(Receive(Acked(6)), e => e is SenderEffect.CloseStream);
    }

    // Its page may not be stored yet, there.
    [Fact]
    public void An_earlier_chunk_that_went_out_later_overtakes_none()
    {
        BeginAll();
        _now += TimeSpan.FromMinutes(10);
        Expect(Receive(TransferMessages.Refused(Some.Transfer, 0)), "frame 1: 0");
        _now += Moment;
        Expect(Receive(Acked(0)), "frame 1: 4");
    }

    [Fact]
    public void At_the_end_what_is_under_way_on_silent_ones_alone_travels_on_the_others()
    {
        BeginAll();
        for (long next = 2; next < Manifest.ChunkCount; next++)
        {
            _now += Moment;
            Receive(Acked(next));
        }
        // All that is left was overtaken, and nothing is under way elsewhere that could tell more.
        var due = Assert.NotNull(_machine.NextTimeout);
        while (due < Some.Now + Small.SilentPatience)
        {
            _now = due;
            Assert.DoesNotContain(Do(new SenderInput.TimedOut()), e => e is SenderEffect.CloseStream);
            due = Assert.NotNull(_machine.NextTimeout);
        }

        _now = due;
        Expect(Do(new SenderInput.TimedOut()), "close 1", "frame 2: 0", "frame 2: 1");
    }

    // Chunks 0 and 1 are under way on stream 1, 2 and 3 on stream 2.
    private void BeginAll()
    {
        Begin();
        Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 16)]));
    }
}
