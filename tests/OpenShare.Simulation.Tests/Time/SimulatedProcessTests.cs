using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Tests.Time;

public sealed class SimulatedProcessTests
{
    private readonly SimulationQueue _queue = new();
    private readonly SimulatedProcess _process;

    public SimulatedProcessTests() => _process = new SimulatedProcess(_queue, new MachineClock(_queue));

    [Fact]
    public void A_process_hears_of_what_it_waits_for_while_it_lives() => SimulationQueue.InOneThread(() =>
    {
        var (first, second) = (new TaskCompletionSource<int>(), new TaskCompletionSource<int>());
        var (heard, unheard) = (_process.Hear(first.Task), _process.Hear(second.Task));

        first.SetException(new InvalidOperationException("as it happened"));
        _process.Die();
        second.SetResult(1);

        Assert.IsType<InvalidOperationException>(heard.Exception!.InnerException);
        Assert.False(unheard.IsCompleted);
        Assert.False(_process.Hear(second.Task).IsCompleted);
        return true;
    });

    [Fact]
    public void What_a_process_asked_for_is_not_done_after_its_death()
    {
        var done = new List<string>();
        _process.Schedule(TimeSpan.FromSeconds(1), () => done.Add("before"));
        _process.Schedule(TimeSpan.FromSeconds(3), () => done.Add("after"));
        _queue.Schedule(TimeSpan.FromSeconds(2), _process.Die);

        _queue.RunFor(TimeSpan.FromSeconds(5));
        _process.Schedule(TimeSpan.Zero, () => done.Add("never"));
        _queue.RunFor(TimeSpan.FromSeconds(5));

        Assert.Equal(["before"], done);
    }
}
