namespace OpenShare.Simulation.Time;

/// <summary>
/// One run of one program. What it is to do later is asked for here. Once it is dead nothing of that is done any
/// more, nothing it waits for is told to it, and all of it is let go of.
/// </summary>
internal sealed class SimulatedProcess(SimulationQueue queue, MachineClock clock)
{
    private readonly Dictionary<long, Action> _pending = [];
    private long _number;

    internal bool IsDead { get; private set; }

    /// <summary>The clock of the machine that it runs on.</summary>
    internal MachineClock Clock => clock;

    internal void Schedule(TimeSpan delay, Action entry)
    {
        if (IsDead)
            return;
        var number = _number++;
        _pending.Add(number, entry);
        // The queue holds only the number: what a dead process wanted in an hour is not kept for an hour.
        queue.Schedule(delay, () =>
        {
            if (_pending.Remove(number, out var due))
                due();
        });
    }

    /// <param name="delay">by the machine's own clock, which may go fast or slow</param>
    internal void ScheduleByClock(TimeSpan delay, Action entry) => Schedule(clock.TrueTime(delay), entry);

    /// <summary>The same happening, as the process hears of it: while it lives.</summary>
    internal async Task<T> Hear<T>(Task<T> happening)
    {
        try
        {
            return await happening.ConfigureAwait(false);
        }
        finally
        {
            // A promise of its own, so that whoever waits for it is let go of with it.
            if (IsDead)
                await new TaskCompletionSource().Task.ConfigureAwait(false);
        }
    }

    internal void Die()
    {
        IsDead = true;
        _pending.Clear();
    }
}
