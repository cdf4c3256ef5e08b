using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Tests.Time;

public sealed class SimulatedClockTests
{
    private readonly SimulationQueue _queue = new();
    private readonly MachineClock _machine;
    private readonly SimulatedProcess _process;
    private readonly SimulatedClock _clock;

    public SimulatedClockTests()
    {
        _machine = new MachineClock(_queue);
        _process = new SimulatedProcess(_queue, _machine);
        _clock = new SimulatedClock(_process);
    }

    [Fact]
    public void A_jump_moves_the_time_of_day_and_nothing_else()
    {
        _machine.Skew = TimeSpan.FromHours(2);
        _queue.RunFor(TimeSpan.FromSeconds(10));
        var (start, fired) = (_clock.GetTimestamp(), TimeSpan.Zero);
        using var timer = _clock.CreateTimer(_ => fired = _queue.Elapsed, null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);

        _machine.Jump(TimeSpan.FromHours(-3));
        _queue.RunFor(TimeSpan.FromSeconds(10));

        Assert.Equal(SimulationScheduler.Start + TimeSpan.FromHours(-1) + TimeSpan.FromSeconds(20), _clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(10), _clock.GetElapsedTime(start));
        Assert.Equal(TimeSpan.FromSeconds(15), fired);
    }

    [Fact]
    public void A_clock_that_goes_fast_has_its_timers_fire_early()
    {
        var fired = new List<double>();
        _machine.Drift = 0.25;
        using var timer = _clock.CreateTimer(_ => fired.Add(_queue.Elapsed.TotalSeconds), null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));

        _queue.RunFor(TimeSpan.FromSeconds(20));
        _machine.Drift = 0;
        _queue.RunFor(TimeSpan.FromSeconds(2));

        Assert.Equal([4, 12, 20], fired);
        Assert.Equal(TimeSpan.FromSeconds(27), _machine.Uptime);
    }

    [Fact]
    public async Task A_timer_that_was_changed_disposed_or_whose_process_died_does_not_fire()
    {
        var fired = new List<string>();
        using var changed = _clock.CreateTimer(_ => fired.Add("changed"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        changed.Change(TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        await _clock.CreateTimer(_ => fired.Add("disposed"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)).DisposeAsync();
        using var late = _clock.CreateTimer(_ => fired.Add("late"), null, TimeSpan.FromSeconds(4), Timeout.InfiniteTimeSpan);
        _queue.Schedule(TimeSpan.FromSeconds(3.5), _process.Die);

        _queue.RunFor(TimeSpan.FromSeconds(10));

        Assert.Equal(["changed"], fired);
    }
}
