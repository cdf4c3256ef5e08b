using OpenShare.Simulation.Network.Links;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Network.Streams;

/// <summary>
/// The timer of a sender that has lost its answer: after 200 ms, and then after twice the time up to a minute, it asks
/// again, until something that was sent since is answered.
/// </summary>
internal sealed class Retransmission(SimulationQueue queue, Action timeout)
{
    /// <summary>As many as Linux does (tcp_retries2).</summary>
    internal const int Retries = 15;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private long _lastUnanswered;
    private int _timer;
    private bool _isArmed;

    internal bool IsStalled { get; private set; }

    /// <summary>Timeouts in a row.</summary>
    internal int Attempts { get; private set; }

    /// <param name="transmission">the last one so far: only an answer to a later one counts</param>
    internal void Stall(long transmission, TimeSpan sentAt, in LinkPath path)
    {
        IsStalled = true;
        _lastUnanswered = transmission;
        if (_isArmed)
            return;
        _isArmed = true;
        var timer = ++_timer;
        queue.Schedule(sentAt + After(path) - queue.Elapsed, () =>
        {
            if (timer != _timer)
                return;
            _isArmed = false;
            Attempts++;
            timeout();
        });
    }

    internal void Answered(long transmission)
    {
        if (transmission > _lastUnanswered)
            Rest();
    }

    /// <summary>There is nothing that wants an answer.</summary>
    internal void Rest()
    {
        (IsStalled, _isArmed, Attempts) = (false, false, 0);
        _timer++;
    }

    private TimeSpan After(in LinkPath path)
    {
        var first = path.RoundTrip * 2 > Shortest ? path.RoundTrip * 2 : Shortest;
        var after = first * (1L << Math.Min(Attempts, 20));
        return after < Longest ? after : Longest;
    }
}
