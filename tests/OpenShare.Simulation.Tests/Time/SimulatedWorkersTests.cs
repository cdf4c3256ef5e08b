using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Tests.Time;

public sealed class SimulatedWorkersTests
{
    private readonly SimulationQueue _queue = new();
    private readonly SimulatedProcess _process;
    private double _slowness = 1;

    private TimeSpan _diskTime;

    public SimulatedWorkersTests() => _process = new SimulatedProcess(_queue, new MachineClock(_queue));

    [Fact]
    public void So_many_jobs_run_at_once_and_a_slow_disk_takes_longer()
    {
        var workers = new SimulatedWorkers(_process, 2, () => _slowness, () => _diskTime);
        var ended = new List<TimeSpan>();
        _slowness = 10_000;
        SimulationQueue.InOneThread(() =>
        {
            for (var i = 0; i < 3; i++)
                _ = Note(workers.Run(() => i));
            _queue.RunFor(TimeSpan.FromSeconds(5));
            return true;
        });

        Assert.Equal([1, 1, 2], ended.Select(e => e.TotalSeconds));

        async Task Note(Task<int> job)
        {
            await job;
            ended.Add(_queue.Elapsed);
        }
    }

    [Fact]
    public void A_job_takes_what_the_disk_took()
    {
        var workers = new SimulatedWorkers(_process, 1, () => _slowness, () => _diskTime);
        var job = workers.Run(() =>
        {
            _diskTime = TimeSpan.FromSeconds(3);
            return 0;
        });

        Assert.False(_queue.RunUntil(() => job.IsCompleted, TimeSpan.FromSeconds(3)));
        Assert.True(_queue.RunUntil(() => job.IsCompleted, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void What_waits_is_dropped_when_the_process_dies_and_a_result_is_not_heard()
    {
        var workers = new SimulatedWorkers(_process, 1, () => _slowness, () => _diskTime);
        var ran = new List<int>();
        var first = workers.Run(() => { ran.Add(1); return 0; });
        var second = workers.Run(() => { ran.Add(2); return 0; });
        _queue.RunUntil(() => ran.Count == 1, TimeSpan.FromSeconds(1));

        _process.Die();
        _queue.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal([1], ran);
        Assert.False(first.IsCompleted || second.IsCompleted);
    }
}
