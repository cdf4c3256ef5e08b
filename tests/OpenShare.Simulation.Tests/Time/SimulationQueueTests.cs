using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Tests.Time;

public sealed class SimulationQueueTests
{
    private readonly SimulationQueue _queue = new();

    [Fact]
    public void Entries_run_by_time_and_then_by_the_order_they_were_asked_for()
    {
        var ran = new List<string>();
        _queue.Schedule(TimeSpan.FromSeconds(2), () => ran.Add("later"));
        _queue.Post(() => ran.Add("first"));
        _queue.Post(() =>
        {
            ran.Add("second");
            _queue.Post(() => ran.Add("third"));
        });

        _queue.RunFor(TimeSpan.FromSeconds(5));

        Assert.Equal(["first", "second", "third", "later"], ran);
        Assert.Equal(TimeSpan.FromSeconds(5), _queue.Elapsed);
    }

    [Fact]
    public void What_is_due_after_the_limit_does_not_run()
    {
        var ran = false;
        _queue.Schedule(TimeSpan.FromSeconds(2), () => ran = true);

        Assert.False(_queue.RunUntil(() => ran, TimeSpan.FromSeconds(1)));
        Assert.True(_queue.RunUntil(() => ran, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Another_thread_is_found_out()
    {
        _queue.RunFor(TimeSpan.Zero);

        var other = new TaskCompletionSource<Exception?>();
        new Thread(() => other.SetResult(Record.Exception(() => _queue.Post(() => { })))).Start();

        Assert.IsType<InvalidOperationException>(await other.Task);
    }
}
