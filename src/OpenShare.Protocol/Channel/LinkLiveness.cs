namespace OpenShare.Protocol.Channel;

/// <summary>
/// Notices a dead link in seconds, where TCP alone takes half a minute and more: a ping after two quiet seconds,
/// and dead after eight.
/// </summary>
public sealed class LinkLiveness
{
    public static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(8);

    private DateTimeOffset _heard;
    private DateTimeOffset _pinged;

    public LinkLiveness(DateTimeOffset now) => _heard = _pinged = now;

    public DateTimeOffset NextTimeout =>
        Min(_heard + DeadAfter, Max(_heard, _pinged) + PingAfter);

    /// <summary>Anything authentic arrived.</summary>
    public void Heard(DateTimeOffset now) => _heard = now;

    public LivenessVerdict HandleTimeout(DateTimeOffset now)
    {
        if (now >= _heard + DeadAfter)
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
