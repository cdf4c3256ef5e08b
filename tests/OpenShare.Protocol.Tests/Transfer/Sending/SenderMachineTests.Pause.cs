using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Sending;

namespace OpenShare.Protocol.Tests.Transfer.Sending;

/// <summary>A transfer that is to wait, and one that is to be slow.</summary>
public sealed partial class SenderMachineTests
{
    [Fact]
    public void Paused_here_nothing_more_goes_out_until_it_is_resumed()
    {
        Begin();
        Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 16)]));
        Expect(Do(new SenderInput.PauseOrdered(true)), "-> TransferPaused");
        Expect(Do(new SenderInput.PauseOrdered(true)));

        Expect(Receive(Acked(0, 1, 2, 3)));
        Expect(Receive(TransferMessages.Missing(Some.Transfer, 1, [new(16, 16)])));

        Expect(Do(new SenderInput.PauseOrdered(false)), "-> TransferPaused", "frame 1: 4", "frame 2: 5", "frame 1: 6", "frame 2: 7");
    }

    [Fact]
    public void What_the_receiver_pauses_goes_on_when_it_says_so()
    {
        Begin();
        Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 16)]));
        Expect(Receive(TransferMessages.Paused(Some.Transfer, isPaused: true)));
        Assert.True(_machine.IsPausedThere);
        Expect(Receive(Acked(0)));
        Expect(Do(new SenderInput.PauseOrdered(true)), "-> TransferPaused");
        Expect(Do(new SenderInput.PauseOrdered(false)), "-> TransferPaused");

        Expect(Receive(TransferMessages.Paused(Some.Transfer, isPaused: false)), "frame 1: 4");
    }

    [Fact]
    public void A_pause_outlives_the_link_and_is_told_on_the_next()
    {
        Begin();
        Do(new SenderInput.PauseOrdered(true));
        Do(new SenderInput.LinkLost());

        Expect(Do(new SenderInput.LinkUp()), "-> TransferResumed", "-> TransferPaused", "open 2 streams");
        Do(new SenderInput.StreamUp(3));
        Expect(Receive(TransferMessages.Wanted(Some.Transfer, 3)));
        Expect(Receive(TransferMessages.Missing(Some.Transfer, 0, [new(4, 4)])), "=Sending");
        Expect(Do(new SenderInput.PauseOrdered(false)), "-> TransferPaused", "frame 3: 4", "frame 3: 5");
    }

    [Fact]
    public void Paused_it_waits_for_nobody_and_asks_nothing()
    {
        Begin();
        Assert.NotNull(_machine.NextTimeout);
        Do(new SenderInput.PauseOrdered(true));

        Assert.Null(_machine.NextTimeout);
    }

    [Fact]
    public void A_receipt_that_comes_while_it_is_paused_ends_it()
    {
        SendAll();
        Do(new SenderInput.PauseOrdered(true));

        Receive(Delivered(Manifest));
        Do(new SenderInput.ReceiptStored());

        Assert.Equal(SenderState.Completed, _machine.State);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(4000)]
    public void No_more_goes_out_in_any_time_than_the_rate_allows_and_a_window(long rate)
    {
        // Chunks of 1000 bytes, one to a frame.
        var machine = new SenderMachine(Setup with { BytesPerSecond = rate });
        var (sent, start) = (0, _now);
        machine.Handle(new SenderInput.Started(), _now);
        machine.Handle(new SenderInput.LinkUp(), _now);
        List<SenderEffect> effects = [.. Pages.SelectMany(p => machine.Handle(new SenderInput.PageBuilt(p), _now))];
        effects.AddRange(machine.Handle(new SenderInput.StreamUp(1), _now));
        while (sent < 16)
        {
            foreach (var frame in effects.OfType<SenderEffect.SendFrame>().ToList())
            {
                sent += frame.Ordinals.Count;
                Assert.InRange(sent * 1000, 0, ((_now - start).TotalSeconds * rate) + 1000 + (rate / 10.0));
                machine.Handle(new SenderInput.Received(Acked([.. frame.Ordinals])), _now);
            }
            if (sent < 16)
                _now = Assert.NotNull(machine.NextTimeout);
            effects = [.. machine.Handle(new SenderInput.TimedOut(), _now)];
        }
        Assert.InRange(_now - start, TimeSpan.FromSeconds(14_000.0 / rate), TimeSpan.FromSeconds(16_000.0 / rate));
    }

    [Fact]
    public void What_the_receiver_waits_for_is_known_and_not_asked_about_until_it_says_otherwise_or_the_link_is_gone()
    {
        Begin();
        Assert.NotNull(_machine.NextTimeout);
        Receive(TransferMessages.Stalled(Some.Transfer, "no room"));
        Assert.Equal("no room", _machine.StalledThere);
        Assert.Null(_machine.NextTimeout);

        Receive(TransferMessages.Stalled(Some.Transfer, null));
        Assert.Null(_machine.StalledThere);
        Assert.Equal(_now + Small.Quiet, _machine.NextTimeout);

        Receive(TransferMessages.Stalled(Some.Transfer, "no room"));
        Do(new SenderInput.LinkLost());
        Assert.Null(_machine.StalledThere);
    }
}
