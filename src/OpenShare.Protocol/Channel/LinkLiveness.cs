namespace OpenShare.Protocol.Channel;

/// <summary>
/// Notices a dead link in seconds, where TCP alone takes half a minute and more: a ping after two quiet seconds,
/// and dead after eight; after two, where there is reason to think that it is gone.
/// </summary>
public sealed class LinkLiveness
{
    public static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(8);

    public static readonly TimeSpan DoubtedFor = TimeSpan.FromSeconds(2);

    private DateTimeOffset _heard;
    private DateTimeOffset? _doubtedUntil;
    private DateTimeOffset _pinged;

    public LinkLiveness(DateTimeOffset now) => _heard = _pinged = now;

    public DateTimeOffset NextTimeout => Min(DeadAt, Max(_heard, _pinged) + PingAfter);

    private DateTimeOffset DeadAt => Min(_heard + DeadAfter, _doubtedUntil ?? DateTimeOffset.MaxValue);

    /// <summary>Anything authentic arrived.</summary>
    public void Heard(DateTimeOffset now)
    {
        _heard = now;
        _doubtedUntil = null;
    }

    /// <summary>The peer may not be where the link leads: it is asked now, and has to be heard.</summary>
    public void Doubt(DateTimeOffset now)
    {
        _doubtedUntil ??= now + DoubtedFor;
        _pinged = now;
    }

    public LivenessVerdict HandleTimeout(DateTimeOffset now)
    {
        if (now >= DeadAt)
            return LivenessVerdict.Dead;
        if (now < Max(_heard, _pinged) + PingAfter)
            return LivenessVerdict.Alive;
        _pinged = now;
        return LivenessVerdict.SendPing;
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}

public enum LivenessVerdict
{
    Alive,
    SendPing,
    Dead,
}
