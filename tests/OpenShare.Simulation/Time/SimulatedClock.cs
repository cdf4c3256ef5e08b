namespace OpenShare.Simulation.Time;

/// <summary>A machine's clock as a process on it sees it.</summary>
internal sealed class SimulatedClock(SimulatedProcess process) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => process.Clock.Now;

    public override long GetTimestamp() => process.Clock.Uptime.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(process, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(SimulatedProcess process, Action callback) : ITimer
    {
        // Of what was asked for last; whatever was asked for before it is void.
        private int _asked;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Schedule(++_asked, dueTime, period);
            return true;
        }

        public void Dispose() => _asked = -1;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Schedule(int asked, TimeSpan due, TimeSpan period)
        {
            if (due == Timeout.InfiniteTimeSpan)
                return;
            process.ScheduleByClock(due, () =>
            {
                if (asked != _asked)
                    return;
                if (period > TimeSpan.Zero)
                    Schedule(asked, period, period);
                callback();
            });
        }
    }
}
