namespace OpenShare.Protocol.Tests.Support;

/// <summary>
/// A link between two handshake machines in virtual time, at its worst: frames are lost, delayed past each other,
/// doubled and altered, and it may be cut. All of it follows from the seed.
/// </summary>
internal sealed class SimulatedLink
{
    private readonly HandshakePair _pair;
    private readonly SeededRandom _random;
    private readonly PriorityQueue<(bool ToResponder, byte[] Frame), (DateTimeOffset At, int Order)> _inFlight = new();
    private readonly DateTimeOffset _cut;
    private readonly int _faults;
    private int _order;

    internal SimulatedLink(HandshakePair pair, int seed)
    {
        _pair = pair;
        _random = new SeededRandom(seed);
        _faults = _random.Below(4) == 0 ? 0 : 2 + _random.Below(20);
        _cut = Organisation.Now.AddMilliseconds(_faults > 0 && _random.Below(4) == 0 ? _random.Below(2000) : 1_000_000);
    }

    /// <summary>True where this seed harms nothing.</summary>
    internal bool IsGood => _faults == 0;

    internal List<byte[]> SentByInitiator { get; } = [];

    internal List<byte[]> SentByResponder { get; } = [];

    internal List<byte[]> ArrivedAtInitiator { get; } = [];

    internal List<byte[]> ArrivedAtResponder { get; } = [];

    /// <summary>Runs until both machines have ended.</summary>
    /// <returns>when that was</returns>
    internal DateTimeOffset Run()
    {
        var now = Organisation.Now;
        Send(toResponder: true, HandshakePair.Sent(_pair.AtInitiator, _pair.Initiator.Start(now)), now);
        while (Earliest() is { } next)
        {
            now = next;
            if (_inFlight.TryPeek(out var item, out var due) && due.At <= now)
            {
                _inFlight.Dequeue();
                (item.ToResponder ? ArrivedAtResponder : ArrivedAtInitiator).Add(item.Frame);
                Send(!item.ToResponder, item.ToResponder
                    ? HandshakePair.Sent(_pair.AtResponder, _pair.Responder.Handle(item.Frame, now))
                    : HandshakePair.Sent(_pair.AtInitiator, _pair.Initiator.Handle(item.Frame, now)), now);
            }
            HandshakePair.Sent(_pair.AtInitiator, _pair.Initiator.HandleTimeout(now));
            HandshakePair.Sent(_pair.AtResponder, _pair.Responder.HandleTimeout(now));
        }
        return now;
    }

    private DateTimeOffset? Earliest()
    {
        DateTimeOffset? frame = _inFlight.TryPeek(out _, out var due) ? due.At : null;
        return new[] { frame, _pair.Initiator.NextTimeout, _pair.Responder.NextTimeout }.Where(t => t is not null).Min();
    }

    private void Send(bool toResponder, List<byte[]> frames, DateTimeOffset now)
    {
        foreach (var frame in frames)
        {
            (toResponder ? SentByInitiator : SentByResponder).Add(frame);
            for (var copies = Happens() ? 2 : 1; copies > 0; copies--)
            {
                var at = now.AddMilliseconds(Happens() ? _random.Below(12_000) : 1 + _random.Below(50));
                if (at < _cut && !Happens())
                    _inFlight.Enqueue((toResponder, Happens() ? Altered(frame) : frame), (at, _order++));
            }
        }
    }

    private bool Happens() => _faults > 0 && _random.Below(100) < _faults;

    private byte[] Altered(byte[] frame)
    {
        byte[] altered = [.. frame];
        altered[_random.Below(altered.Length)] ^= (byte)(1 << _random.Below(8));
        return altered;
    }
}
