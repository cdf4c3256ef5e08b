using OpenShare.Protocol.Handshake;

namespace OpenShare.Protocol.Tests.Handshake;

public sealed class DialRaceTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    /// <summary>
    /// What happens, step by step, with the time in milliseconds: timeout, unneeded, proven N, open N, and silence, words or verdict N.
    /// What is asked for in between: dial N, conclude N, cancel N, over N.
    /// </summary>
    [Theory]
    [InlineData(0, "0 start: over -")]
    [InlineData(1, "0 start: dial 0; 20 proven 0: conclude 0; 40 open 0: over 0")]
    [InlineData(1, "0 start: dial 0; 20 silence 0: over 0")]
    // The next is dialled after a quarter of a second, and not before.
    [InlineData(3, "0 start: dial 0; 249 timeout: ; 250 timeout: dial 1; 400 timeout: ; 500 timeout: dial 2; 750 timeout: ")]
    // At once where the last one failed, and a quarter of a second later the next again.
    [InlineData(3, "0 start: dial 0; 10 silence 0: dial 1; 250 timeout: ; 260 timeout: dial 2")]
    // An earlier one that fails does not hurry those that come.
    [InlineData(3, "0 start: dial 0; 250 timeout: dial 1; 260 silence 0: ; 500 timeout: dial 2")]
    // The first to open wins, wherever it stands; the others are let go.
    [InlineData(3, "0 start: dial 0; 250 timeout: dial 1; 300 proven 1: conclude 1; 320 open 1: cancel 0, over 1; 330 open 0: ; 500 timeout: ")]
    // Two have proven themselves: one concludes, the other waits for what that comes to.
    [InlineData(2, "0 start: dial 0; 250 timeout: dial 1; 300 proven 1: conclude 1; 310 proven 0: ; 320 open 1: cancel 0, over 1")]
    [InlineData(2, "0 start: dial 0; 250 timeout: dial 1; 300 proven 1: conclude 1; 310 proven 0: ; 320 silence 1: conclude 0; 330 open 0: over 0")]
    [InlineData(3, "0 start: dial 0; 250 timeout: dial 1; 300 proven 1: conclude 1; 310 proven 0: ; 320 silence 1: dial 2, conclude 0")]
    // The one that concludes does not come to its end: it gives way, and whatever it comes to then is nobody's.
    [InlineData(2, "0 start: dial 0; 100 proven 0: conclude 0; 250 timeout: dial 1; 300 proven 1: ; 2099 timeout: ; 2100 timeout: cancel 0, conclude 1; 2110 open 0: ; 2120 open 1: over 1")]
    [InlineData(1, "0 start: dial 0; 100 proven 0: conclude 0; 2100 timeout: ; 9000 open 0: over 0")]
    // A proven refusal is the peer's, whatever other address there is.
    [InlineData(3, "0 start: dial 0; 250 timeout: dial 1; 300 verdict 0: cancel 1, over 0; 500 timeout: ")]
    // What anybody may say is not: but it tells more than silence.
    [InlineData(2, "0 start: dial 0; 10 words 0: dial 1; 20 proven 1: conclude 1; 30 open 1: over 1")]
    [InlineData(2, "0 start: dial 0; 10 words 0: dial 1; 20 silence 1: over 0")]
    [InlineData(2, "0 start: dial 0; 10 silence 0: dial 1; 20 words 1: over 1")]
    [InlineData(2, "0 start: dial 0; 250 timeout: dial 1; 300 words 0: ; 9999 timeout: ; 10000 timeout: cancel 1, over 0")]
    // The peer's own dial has made a link: only what may have concluded there goes on.
    [InlineData(3, "0 start: dial 0; 250 timeout: dial 1; 300 proven 1: conclude 1; 310 unneeded: cancel 0; 500 timeout: ; 600 open 1: over 1")]
    [InlineData(3, "0 start: dial 0; 250 timeout: dial 1; 300 proven 1: conclude 1; 310 proven 0: ; 320 unneeded: cancel 0; 2400 timeout: ; 2500 silence 1: over 1")]
    [InlineData(3, "0 start: dial 0; 250 timeout: dial 1; 300 unneeded: cancel 0, cancel 1, over -; 310 proven 1: ")]
    // One deadline covers them all.
    [InlineData(2, "0 start: dial 0; 250 timeout: dial 1; 10000 timeout: cancel 0, cancel 1, over -; 10001 open 0: ")]
    public void Race(int addresses, string course)
    {
        var race = new DialRace(addresses);
        foreach (var step in course.Split("; "))
        {
            var (head, expected) = (step[..step.IndexOf(':', StringComparison.Ordinal)].Split(' '), step[(step.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            var now = Start.AddMilliseconds(int.Parse(head[0], System.Globalization.CultureInfo.InvariantCulture));
            var effects = race.Handle(Input(head[1], head.Length > 2 ? head[2][0] - '0' : 0), now);
            Assert.Equal((step, expected), (step, string.Join(", ", effects.Select(Text))));
        }
    }

    [Fact]
    public void It_says_when_it_wants_to_be_called()
    {
        var race = new DialRace(2);
        race.Handle(new DialRaceInput.Started(), Start);
        Assert.Equal(Start + DialRace.Stagger, race.NextTimeout);
        race.Handle(new DialRaceInput.TimedOut(), Start + DialRace.Stagger);
        Assert.Equal(Start + HandshakeParty.Deadline, race.NextTimeout);
        race.Handle(new DialRaceInput.PeerProven(0), Start.AddSeconds(1));
        Assert.Equal(Start + HandshakeParty.Deadline, race.NextTimeout);
        race.Handle(new DialRaceInput.PeerProven(1), Start.AddSeconds(2));
        Assert.Equal(Start.AddSeconds(1) + DialRace.ConcludePatience, race.NextTimeout);
        race.Handle(new DialRaceInput.AttemptSucceeded(0), Start.AddSeconds(2.5));
        Assert.Null(race.NextTimeout);
    }

    private static DialRaceInput Input(string name, int attempt) => name switch
    {
        "start" => new DialRaceInput.Started(),
        "timeout" => new DialRaceInput.TimedOut(),
        "unneeded" => new DialRaceInput.Unneeded(),
        "proven" => new DialRaceInput.PeerProven(attempt),
        "open" => new DialRaceInput.AttemptSucceeded(attempt),
        "silence" => new DialRaceInput.AttemptFailed(attempt, AttemptFailure.Silence),
        "words" => new DialRaceInput.AttemptFailed(attempt, AttemptFailure.Words),
        _ => new DialRaceInput.AttemptFailed(attempt, AttemptFailure.Verdict),
    };

    private static string Text(DialRaceEffect effect) => effect switch
    {
        DialRaceEffect.Connect connect => $"dial {connect.Attempt}",
        DialRaceEffect.Conclude conclude => $"conclude {conclude.Attempt}",
        DialRaceEffect.Cancel cancel => $"cancel {cancel.Attempt}",
        DialRaceEffect.Over { Attempt: { } attempt } => $"over {attempt}",
        _ => "over -",
    };
}
