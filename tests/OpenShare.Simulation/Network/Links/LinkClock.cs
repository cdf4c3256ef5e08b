namespace OpenShare.Simulation.Network.Links;

/// <summary>One direction of a host's link: what is sent over it goes one after the other.</summary>
internal sealed class LinkClock
{
    private TimeSpan _busyUntil;

    /// <returns>when the last of the bytes has passed</returns>
    internal TimeSpan Reserve(TimeSpan now, int bytes, long bytesPerSecond)
    {
        if (bytesPerSecond == 0)
            return now;
        var start = _busyUntil > now ? _busyUntil : now;
        return _busyUntil = start + TimeSpan.FromTicks(bytes * TimeSpan.TicksPerSecond / bytesPerSecond);
    }

    internal void Clear() => _busyUntil = TimeSpan.Zero;
}
