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
    public void Another_thread_is_found_out_and_by_the_simulation_too_where_it_keeps_that_to_itself()
    {
        _queue.RunFor(TimeSpan.Zero);
        _queue.Post(() => { });

        Exception? heard = null;
        var other = new Thread(() => heard = Record.Exception(() => _queue.Post(() => { })));
        other.Start();
        other.Join();

        Assert.IsType<InvalidOperationException>(heard);
        Assert.Same(heard, Assert.Throws<InvalidOperationException>(() => _queue.RunFor(TimeSpan.Zero)));
    }
}
