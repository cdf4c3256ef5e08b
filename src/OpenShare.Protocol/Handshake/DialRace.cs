namespace OpenShare.Protocol.Handshake;

/// <summary>
/// One dial of a peer, any of whose addresses may lead to it, to nobody or to somebody else. Attempts start in order of
/// preference, 250 ms apart or at once where the last one came to nothing (RFC 8305 §5); the first that tells how things
/// stand with the peer ends the race. Only one at a time concludes its handshake: of two that did, the peer would take
/// the later for its link, whichever this side kept. One that does not come to its end gives way after
/// <see cref="ConcludePatience"/>: whoever hands on what the peer says, and keeps back what it is told, holds up no other address.
/// </summary>
/// <param name="addresses">how many there are, best first; an attempt has the number of its address</param>
public sealed class DialRace(int addresses)
{
    public static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250);
    public static readonly TimeSpan ConcludePatience = TimeSpan.FromSeconds(2);

    // Attempts that run, in order of their start; and those of them whose peer has proven itself, in that order.
    private readonly List<int> _running = [];
    private readonly List<int> _proven = [];
    private readonly List<DialRaceEffect> _effects = [];
    private DateTimeOffset _deadline;
    private DateTimeOffset _nextStart;
    private DateTimeOffset _concludeUntil;
    private int _addresses = addresses;
    private int _started;
    private int? _concluding;
    private int? _silent;
    private int? _told;
    private bool _isOver;

    /// <summary>When <see cref="DialRaceInput.TimedOut"/> is wanted; null once it is over.</summary>
    public DateTimeOffset? NextTimeout => _isOver
        ? null
        : new[] { _deadline, _started < _addresses ? _nextStart : _deadline, IsOneHeldUp ? _concludeUntil : _deadline }.Min();

    private bool IsOneHeldUp => _concluding is not null && _proven.Count > 0;

    public IReadOnlyList<DialRaceEffect> Handle(DialRaceInput input, DateTimeOffset now)
    {
        _effects.Clear();
        if (_isOver)
            return [];
        switch (input)
        {
            case DialRaceInput.Started:
                _deadline = now + HandshakeParty.Deadline;
                StartNext(now);
                break;
            case DialRaceInput.PeerProven proven when _running.Contains(proven.Attempt):
                _proven.Add(proven.Attempt);
                ConcludeNext(now);
                break;
            case DialRaceInput.AttemptSucceeded succeeded when _running.Contains(succeeded.Attempt):
                End(succeeded.Attempt);
                break;
            case DialRaceInput.AttemptFailed failed when _running.Contains(failed.Attempt):
                OnFailed(failed, now);
                break;
            case DialRaceInput.Unneeded:
                GiveUp();
                break;
            case DialRaceInput.TimedOut when now >= _deadline:
                End(_told ?? _silent);
                break;
            case DialRaceInput.TimedOut when IsOneHeldUp && now >= _concludeUntil:
                GiveWay(now);
                break;
            case DialRaceInput.TimedOut when now >= _nextStart:
                StartNext(now);
                break;
        }
        return [.. _effects];
    }

    private void OnFailed(DialRaceInput.AttemptFailed failed, DateTimeOffset now)
    {
        if (failed.Failure == AttemptFailure.Verdict)
        {
            End(failed.Attempt);
            return;
        }
        _running.Remove(failed.Attempt);
        _proven.Remove(failed.Attempt);
        if (_concluding == failed.Attempt)
            _concluding = null;
        if (failed.Failure == AttemptFailure.Words)
            _told = failed.Attempt;
        else
            _silent = failed.Attempt;
        if (_started < _addresses && failed.Attempt == _started - 1)
            StartNext(now);
        else if (_running.Count == 0 && _started == _addresses)
            End(_told ?? _silent);
        else
            ConcludeNext(now);
    }

    private void GiveWay(DateTimeOffset now)
    {
        var slow = _concluding!.Value;
        (_concluding, _silent) = (null, slow);
        _running.Remove(slow);
        _effects.Add(new DialRaceEffect.Cancel(slow));
        ConcludeNext(now);
    }

    // Of the one that concludes the peer may have made its link already: that goes on to its end.
    private void GiveUp()
    {
        if (_concluding is not { } concluding)
        {
            End(null);
            return;
        }
        _effects.AddRange(_running.Where(a => a != concluding).Select(a => new DialRaceEffect.Cancel(a)));
        _running.RemoveAll(a => a != concluding);
        _proven.Clear();
        _addresses = _started;
    }

    private void StartNext(DateTimeOffset now)
    {
        if (_started == _addresses)
        {
            if (_running.Count == 0)
                End(null);
            return;
        }
        _running.Add(_started);
        _effects.Add(new DialRaceEffect.Connect(_started++));
        _nextStart = now + Stagger;
        ConcludeNext(now);
    }

    private void ConcludeNext(DateTimeOffset now)
    {
        if (_concluding is not null || _proven.Count == 0)
            return;
        _concluding = _proven[0];
        _proven.RemoveAt(0);
        _concludeUntil = now + ConcludePatience;
        _effects.Add(new DialRaceEffect.Conclude(_concluding.Value));
    }

    private void End(int? decided)
    {
        _isOver = true;
        _effects.AddRange(_running.Where(a => a != decided).Select(a => new DialRaceEffect.Cancel(a)));
        _effects.Add(new DialRaceEffect.Over(decided));
    }
}

public abstract record DialRaceInput
{
    private DialRaceInput() { }

    public sealed record Started : DialRaceInput;

    /// <summary>Whoever answered has proven to be the peer; this side's own proof is what remains.</summary>
    public sealed record PeerProven(int Attempt) : DialRaceInput;

    public sealed record AttemptSucceeded(int Attempt) : DialRaceInput;

    public sealed record AttemptFailed(int Attempt, AttemptFailure Failure) : DialRaceInput;

    /// <summary>The peer has dialled meanwhile, and what it dialled is the link.</summary>
    public sealed record Unneeded : DialRaceInput;

    public sealed record TimedOut : DialRaceInput;
}

/// <summary>What a failed attempt tells of the peer.</summary>
public enum AttemptFailure
{
    /// <summary>Nothing: nobody is there, or the connection broke.</summary>
    Silence,

    /// <summary>Somebody said something there that anybody might: more than silence elsewhere, and no verdict.</summary>
    Words,

    /// <summary>A refusal that is proven to be the peer's, or is this side's own verdict on it: no other address changes it.</summary>
    Verdict,
}

/// <summary>What the race asks its shell to do, in this order.</summary>
public abstract record DialRaceEffect
{
    private DialRaceEffect() { }

    /// <summary>Begin a handshake there, and hold it once the peer has proven itself.</summary>
    public sealed record Connect(int Attempt) : DialRaceEffect;

    /// <summary>Let this one go on to its end.</summary>
    public sealed record Conclude(int Attempt) : DialRaceEffect;

    public sealed record Cancel(int Attempt) : DialRaceEffect;

    /// <summary>The dial came to what this attempt came to; null: nobody answered in time, there is no address, or it was not needed.</summary>
    public sealed record Over(int? Attempt) : DialRaceEffect;
}
