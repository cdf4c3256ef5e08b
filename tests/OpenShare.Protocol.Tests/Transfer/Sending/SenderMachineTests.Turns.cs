using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Sending;

namespace OpenShare.Protocol.Tests.Transfer.Sending;

/// <summary>A transfer among others to the same device.</summary>
public sealed partial class SenderMachineTests
{
    [Fact]
    public void A_frame_goes_when_it_is_its_turn_and_its_place_is_free_with_its_last_chunk()
    {
        var turns = new Turns { Left = 3 };
        var machine = Begin(turns);
        Assert.Equal(["3000 under way", "waits"], turns.Is);
        Expect(machine.Handle(new SenderInput.Received(Acked(0)), _now));
        Assert.Equal(["2000 under way", "waits"], turns.Is);

        turns.Left = 1;
        Expect(machine.Handle(new SenderInput.TurnCame(), _now), "frame 1: 3");

        // What was on it is lost, and the other stream is full: it wants no turn.
        machine.Handle(new SenderInput.StreamDown(2), _now);
        Assert.Equal(["2000 under way"], turns.Is);
    }

    [Fact]
    public void Who_waits_for_a_turn_asks_again_once_those_that_are_waited_for_may_be_silent()
    {
        var turns = new Turns { Left = 3 };
        var machine = Begin(turns);
        Assert.Equal(_now + SendTurns.Patience, machine.NextTimeout);

        turns.Left = 1;
        _now += SendTurns.Patience;
        Expect(machine.Handle(new SenderInput.TimedOut(), _now), "frame 2: 3");
    }

    [Theory]
    [InlineData("paused")]
    [InlineData("stalled")]
    [InlineData("out of reach")]
    [InlineData("cancelled")]
    public void One_that_does_not_send_holds_no_turn(string why)
    {
        var turns = new Turns { Left = 3 };
        var machine = Begin(turns);
        SenderInput input = why switch
        {
            "paused" => new SenderInput.PauseOrdered(true),
            "stalled" => new SenderInput.Received(TransferMessages.Stalled(Some.Transfer, "no room")),
            "out of reach" => new SenderInput.LinkLost(),
            _ => new SenderInput.Cancelled("enough"),
        };

        machine.Handle(input, _now);

        // What is paused arrives still; what a full disk holds does not, for as long as it is full.
        Assert.Equal(why == "paused" ? ["3000 under way"] : [], turns.Is);
        turns.Left = 1;
        Expect(machine.Handle(new SenderInput.TurnCame(), _now));
        Assert.False(turns.Waits);
    }

    [Fact]
    public void A_limited_transfer_waits_for_its_rate_and_not_for_a_turn()
    {
        var turns = new Turns { Left = 100 };
        var machine = Begin(turns, bytesPerSecond: 1000);

        Assert.Equal(["1000 under way"], turns.Is);
        _now = Assert.NotNull(machine.NextTimeout);
        machine.Handle(new SenderInput.TimedOut(), _now);
        Assert.Equal(["2000 under way"], turns.Is);
    }

    [Fact]
    public void After_a_full_disk_it_goes_on()
    {
        var turns = new Turns { Left = 3 };
        var machine = Begin(turns);
        machine.Handle(new SenderInput.Received(TransferMessages.Stalled(Some.Transfer, "no room")), _now);
        turns.Left = 1;

        Expect(machine.Handle(new SenderInput.Received(TransferMessages.Stalled(Some.Transfer, null)), _now), "frame 2: 3");
    }

    [Fact]
    public void Who_waits_for_a_person_has_no_place_among_those_that_want_turns_and_who_lost_its_link_keeps_it()
    {
        var lost = new Turns { Left = 1 };
        Begin(lost).Handle(new SenderInput.LinkLost(), _now);
        Assert.Empty(lost.Is);
        Assert.False(lost.HasLeft);

        var paused = new Turns();
        Begin(paused).Handle(new SenderInput.PauseOrdered(true), _now);
        Assert.True(paused.HasLeft);
    }

    private SenderMachine Begin(Turns turns, long bytesPerSecond = 0)
    {
        var machine = new SenderMachine(Setup with { Turns = turns, BytesPerSecond = bytesPerSecond });
        machine.Handle(new SenderInput.Started(), _now);
        machine.Handle(new SenderInput.LinkUp(), _now);
        machine.Handle(new SenderInput.PageBuilt(Pages[0]), _now);
        machine.Handle(new SenderInput.StreamUp(1), _now);
        machine.Handle(new SenderInput.StreamUp(2), _now);
        return machine;
    }

    /// <summary>So many turns, and what is made of them.</summary>
    private sealed class Turns : ISendTurns
    {
        internal int Left { get; set; }

        internal bool Waits { get; private set; }

        internal string[] Is => [.. UnderWay > 0 ? [$"{UnderWay} under way"] : Array.Empty<string>(), .. Waits ? ["waits"] : Array.Empty<string>()];

        internal bool HasLeft { get; private set; }

        private long UnderWay { get; set; }

        public bool Ask(long bytes)
        {
            Waits = Left == 0;
            if (Waits)
                return false;
            Left--;
            UnderWay += bytes;
            return true;
        }

        public void GiveUp() => Waits = false;

        public void Settle(long bytes) => UnderWay -= bytes;

        public void Lose(long bytes) => UnderWay -= bytes;

        public void Leave() => (UnderWay, Waits, HasLeft) = (0, false, true);
    }
}
