namespace OpenShare.Device.Tests.Support;

/// <summary>A clock that a test moves, or sets.</summary>
internal sealed class ManualTime(DateTimeOffset now) : TimeProvider
{
    private readonly Lock _lock = new();
    private DateTimeOffset _now = now;
    private TimeSpan _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
            return _elapsed.Ticks;
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public void Advance(TimeSpan by)
    {
        lock (_lock)
            (_now, _elapsed) = (_now + by, _elapsed + by);
    }

    /// <summary>Sets the clock by as much, while no time passes.</summary>
    public void Set(TimeSpan by)
    {
        lock (_lock)
            _now += by;
    }
}
