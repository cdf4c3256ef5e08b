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
                Act(due);
        });
    }

    /// <param name="delay">by the machine's own clock, which may go fast or slow</param>
    internal void ScheduleByClock(TimeSpan delay, Action entry) => Schedule(clock.TrueTime(delay), entry);

    /// <summary>The same happening, as the process hears of it: while it lives.</summary>
    internal Task<T> Hear<T>(Task<T> happening)
    {
        var heard = new TaskCompletionSource<T>();
        if (!IsDead)
            _ = HearAsync(happening, heard);
        return heard.Task;
    }

    /// <summary>Something that it does: what of that is to happen later is its own, too.</summary>
    internal void Act(Action what)
    {
        var before = queue.Acting;
        queue.Acting = this;
        try
        {
            what();
        }
        finally
        {
            queue.Acting = before;
        }
    }

    private async Task HearAsync<T>(Task<T> happening, TaskCompletionSource<T> heard)
    {
        await ((Task)happening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!IsDead)
            Act(() => heard.SetFromTask(happening));
    }

    internal void Die()
    {
        IsDead = true;
        _pending.Clear();
    }
}
