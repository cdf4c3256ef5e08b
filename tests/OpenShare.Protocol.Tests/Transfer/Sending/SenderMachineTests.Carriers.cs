using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Transfer.Sending;

namespace OpenShare.Protocol.Tests.Transfer.Sending;

/// <summary>Streams that move from TCP to QUIC and back.</summary>
public sealed partial class SenderMachineTests
{
    [Fact]
    public void Streams_move_one_by_one_between_chunks_and_nothing_travels_twice()
    {
        Begin();
        Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 16)]));
        Expect(Do(new SenderInput.CarrierChosen(Carrier.Quic)), "open 2 streams by QUIC");
        // The first of the new ones: the last of the old ones takes no more, and has two frames under way still.
        Expect(Do(new SenderInput.StreamUp(3, Carrier.Quic)), "frame 3: 4", "frame 3: 5");
        Expect(Receive(Acked(0)), "frame 1: 6");
        Expect(Receive(Acked(2)));
        Expect(Receive(Acked(3)), "close 2");
        Expect(Do(new SenderInput.StreamUp(4, Carrier.Quic)), "frame 4: 7", "frame 4: 8");
        Expect(Receive(Acked(1)));
        Expect(Receive(Acked(6)), "close 1");
        Expect(Receive(Acked(4)), "frame 3: 9");
        Assert.Equal(0, _machine.Progress.BytesAgain);
    }

    [Fact]
    public void Where_no_new_stream_comes_the_old_ones_go_on()
    {
        Begin();
        Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 16)]));
        Do(new SenderInput.CarrierChosen(Carrier.Quic));
        Expect(Receive(Acked(0)), "frame 1: 4");
        Expect(Do(new SenderInput.CarrierChosen(Carrier.Tcp)));
        Expect(Receive(Acked(2)), "frame 2: 5");
    }

    [Fact]
    public void One_that_comes_too_late_is_closed_and_one_that_was_given_up_serves_again()
    {
        Begin();
        Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 16)]));
        Do(new SenderInput.CarrierChosen(Carrier.Quic));
        Do(new SenderInput.StreamUp(3, Carrier.Quic));
        // Back: of the old ones both are there, of which one was given no more.
        Expect(Do(new SenderInput.CarrierChosen(Carrier.Tcp)));
        Expect(Receive(Acked(2)), "frame 2: 6");
        Expect(Do(new SenderInput.StreamUp(4, Carrier.Quic)), "close 4");
        Expect(Receive(Acked(4)));
        Expect(Receive(Acked(5)), "close 3");
    }

    [Fact]
    public void A_new_stream_that_breaks_is_asked_for_again_and_what_it_carried_travels_again()
    {
        Begin();
        Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 16)]));
        Do(new SenderInput.CarrierChosen(Carrier.Quic));
        Do(new SenderInput.StreamUp(3, Carrier.Quic));
        Do(new SenderInput.StreamUp(4, Carrier.Quic));
        Do(new SenderInput.StreamDown(3));
        Assert.Equal(0, _machine.Progress.BytesAgain);
        _now = Assert.NotNull(_machine.NextTimeout);
        Expect(Do(new SenderInput.TimedOut()), "open 1 streams by QUIC");
        Expect(Do(new SenderInput.StreamUp(5, Carrier.Quic)), "frame 5: 4", "frame 5: 5");
        Assert.Equal(2000, _machine.Progress.BytesAgain);
    }

    [Fact]
    public void A_stream_more_than_were_wanted_is_closed()
    {
        Begin();
        Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 16)]));
        Expect(Do(new SenderInput.StreamUp(3)), "close 3");
        Expect(Receive(Acked(0)), "frame 1: 4");
    }

    [Fact]
    public void What_an_old_stream_gets_no_answer_to_travels_on_a_new_one()
    {
        Move();
        Receive(Acked(0));
        _now += Small.RetiredPatience - TimeSpan.FromSeconds(1);
        // A word on it, and it has as long again.
        Expect(Receive(Acked(2)));
        _now += Small.RetiredPatience - TimeSpan.FromSeconds(1);
        Expect(Receive(Acked(1)), "close 1");
        Assert.Equal(_now.AddSeconds(1), Assert.NotNull(RetiredDue()));
        _now += TimeSpan.FromSeconds(1);
        Expect(Do(new SenderInput.TimedOut()), "close 2");
        Expect(Receive(Acked(4)), "frame 3: 3");
        Assert.Equal(1000, _machine.Progress.BytesAgain);
    }

    [Fact]
    public void While_somebody_has_it_wait_no_old_stream_is_given_up()
    {
        Move();
        Receive(TransferMessages.Stalled(Some.Transfer, "its disk is full"));
        _now += Small.RetiredPatience * 3;
        Expect(Do(new SenderInput.TimedOut()));
        Receive(TransferMessages.Stalled(Some.Transfer, null));
        _now += Small.RetiredPatience - TimeSpan.FromSeconds(1);
        Assert.DoesNotContain(Do(new SenderInput.TimedOut()), e => e is SenderEffect.CloseStream);
    }

    // Both old ones have two chunks under way, the new ones as many.
    private void Move()
    {
        Begin();
        Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 16)]));
        Do(new SenderInput.CarrierChosen(Carrier.Quic));
        Expect(Do(new SenderInput.StreamUp(3, Carrier.Quic)), "frame 3: 4", "frame 3: 5");
        Expect(Do(new SenderInput.StreamUp(4, Carrier.Quic)), "frame 4: 6", "frame 4: 7");
    }

    // What else it waits for comes before, and changes nothing of this.
    private DateTimeOffset? RetiredDue()
    {
        while (_machine.NextTimeout is { } due && due <= _now)
            Do(new SenderInput.TimedOut());
        return _machine.NextTimeout;
    }
}
