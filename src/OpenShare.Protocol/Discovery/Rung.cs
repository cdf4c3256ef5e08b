using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Discovery;

/// <summary>What came of one way of finding devices.</summary>
public enum RungState
{
    /// <summary>It is not needed: another way finds them. Whoever asks this way is answered.</summary>
    Resting,

    /// <summary>Nobody was heard yet.</summary>
    Searching,

    /// <summary>A device of the account on another host is heard.</summary>
    Found,

    /// <summary>Nobody was heard in five seconds. It goes on, and so does the next way.</summary>
    Nobody,
}

/// <summary>One way of finding devices on one interface, as a rung of the ladder on which one follows the other.</summary>
internal sealed class Rung
{
    private DateTimeOffset _since;

    internal RungState State { get; private set; } = RungState.Resting;

    internal DateTimeOffset NextTimeout => State == RungState.Searching ? _since + MdnsTimes.BeforeNextRung : DateTimeOffset.MaxValue;

    internal void Start(DateTimeOffset now) => (State, _since) = (RungState.Searching, now);

    internal void Rest() => State = RungState.Resting;

    /// <param name="hearsOthers">devices of the account on other hosts</param>
    /// <returns>true: its state is another</returns>
    internal bool Update(bool hearsOthers, DateTimeOffset now)
    {
        var before = State;
        if (State == RungState.Found && !hearsOthers)
            Start(now);
        else if (State is RungState.Searching or RungState.Nobody && hearsOthers)
            State = RungState.Found;
        else if (State == RungState.Searching && now >= NextTimeout)
            State = RungState.Nobody;
        return State != before;
    }
}
