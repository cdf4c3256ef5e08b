namespace OpenShare.Simulation.Time;

/// <summary>Virtual time as a device sees it. No timers: a device's timers are its actors'.</summary>
internal sealed class SimulatedClock(SimulationQueue queue) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => SimulationScheduler.Start + queue.Elapsed;

    public override long GetTimestamp() => queue.Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("A timer outside of an actor would not be the simulation's.");
}
