using System.Buffers.Binary;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Handshake;

/// <summary>
/// When to dial a peer: at once when a link is wanted, or was cut that had lasted, again with exponential back-off and full
/// jitter while it is wanted, and at once when discovery sees the peer anew. Every input answers whether to dial now, in place of a dial that
/// may still run.
/// </summary>
public sealed class DialMachine(IRandomSource random)
{
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <summary>
    /// A dial that runs for so long when the peer is seen has begun when nobody was there: another takes its place. Twice as
    /// long for each that did: whoever announces without end lets a slow dial come to its end.
    /// </summary>
    public static readonly TimeSpan FutileAfter = TimeSpan.FromSeconds(1);

    /// <summary>A link that lived for less and carried nothing has come to as little as a dial that failed: without a pause it would be made and lost for ever.</summary>
    public static readonly TimeSpan LastsAfter = TimeSpan.FromSeconds(5);

    private enum State { Idle, Dialing, Waiting, Linked }

    private State _state = State.Idle;
    private bool _wanted;
    private bool _isOutdated;
    private int _failures;
    private int _restarts;
    private int _brief;
    private DateTimeOffset _dialledAt;
    private DateTimeOffset _linkedAt;

    /// <summary>When <see cref="HandleTimeout"/> wants to be called.</summary>
    public DateTimeOffset? NextTimeout { get; private set; }

    public bool IsWanted => _wanted;

    /// <summary>The dial under way began before one side was <see cref="Renewed"/>.</summary>
    public bool IsOutdated => _isOutdated;

    /// <summary>Somebody needs a link.</summary>
    public bool Want(DateTimeOffset now)
    {
        _wanted = true;
        return _state is State.Idle or State.Waiting && Dial(now);
    }

    /// <summary>Nobody does any more. A link that is open stays; no other is dialled.</summary>
    public void Release()
    {
        _wanted = false;
        if (_state == State.Waiting)
            Rest(State.Idle);
    }

    /// <summary>Discovery saw the peer, perhaps at another address, or heard it again: back-off ends.</summary>
    public bool Sighted(DateTimeOffset now)
    {
        _failures = 0;
        // The system asks a host that did not answer again after 1, 2 and 4 s: it may be long before it tries what would work now.
        if (_wanted && _state == State.Dialing && now - _dialledAt >= FutileAfter * Math.Pow(2, _restarts))
        {
            _restarts++;
            return Dial(now);
        }
        return _state == State.Waiting && Dial(now);
    }

    /// <summary>Either side was given another certificate, or the peer has proven itself otherwise: what the dial under way is refused for is perhaps so no more.</summary>
    public void Renewed() => _isOutdated = _state == State.Dialing;

    /// <param name="worthRetrying">false for a refusal: it would be repeated</param>
    /// <returns>whether it is tried again while somebody wants the link</returns>
    public bool DialFailed(bool worthRetrying, DateTimeOffset now)
    {
        var willRetry = worthRetrying || _isOutdated;
        if (_state != State.Dialing)
            return willRetry;
        _restarts = 0;
        if (_wanted && willRetry)
        {
            Wait(now);
            return willRetry;
        }
        _wanted = false;
        Rest(State.Idle);
        return willRetry;
    }

    /// <summary>A link is open, whichever side dialled it.</summary>
    public void Linked(DateTimeOffset now)
    {
        // It takes another's place.
        if (_state == State.Linked && HasLasted(now))
            _brief = 0;
        _failures = _restarts = 0;
        _linkedAt = now;
        Rest(State.Linked);
    }

    /// <summary>The link was cut, or ended here: one that lasted, or carried something, is dialled at once.</summary>
    /// <param name="hasCarried">chunks were acknowledged over it: however brief, another one gets on</param>
    public bool Unlinked(DateTimeOffset now, bool hasCarried)
    {
        CountBrief(now, hasCarried);
        Rest(State.Idle);
        if (_wanted && _brief == 0)
            return Dial(now);
        if (_wanted)
            Wait(now);
        return false;
    }

    /// <summary>The peer said goodbye: it has its reasons, so the link is made anew after a pause, or when discovery sees the peer.</summary>
    public void PeerSaidGoodbye(DateTimeOffset now)
    {
        CountBrief(now, hasCarried: false);
        Rest(State.Idle);
        if (_wanted)
            Wait(now);
    }

    public bool HandleTimeout(DateTimeOffset now) => _state == State.Waiting && now >= NextTimeout && Dial(now);

    private bool HasLasted(DateTimeOffset now) => now - _linkedAt >= LastsAfter;

    // Apart from the dials that failed before it: after an outage the first link may be a brief one, and the next must not wait for that.
    private void CountBrief(DateTimeOffset now, bool hasCarried)
    {
        _brief = hasCarried || HasLasted(now) ? 0 : _brief + 1;
        _failures = Math.Max(_brief - 1, 0);
    }

    private bool Dial(DateTimeOffset now)
    {
        _dialledAt = now;
        Rest(State.Dialing);
        return true;
    }

    private void Wait(DateTimeOffset now)
    {
        Rest(State.Waiting);
        NextTimeout = now + Pause();
    }

    private void Rest(State state)
    {
        _state = state;
        _isOutdated = false;
        NextTimeout = null;
    }

    // Full jitter: anything between a tenth of the ceiling and the ceiling, so that peers of one access point do not come back together.
    private TimeSpan Pause()
    {
        var ceiling = Math.Min(LongestPause.TotalMilliseconds, FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, 16)));
        var fraction = BinaryPrimitives.ReadUInt32LittleEndian(random.Bytes(4)) / (double)uint.MaxValue;
        return TimeSpan.FromMilliseconds(ceiling * (0.1 + 0.9 * fraction));
    }
}
