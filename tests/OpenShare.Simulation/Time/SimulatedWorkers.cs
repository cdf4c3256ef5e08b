using OpenShare.Device.Hosting;

namespace OpenShare.Simulation.Time;

/// <summary>
/// Disk and hashing work, so many jobs at once, the others in turn. A job is done in one entry of the queue and its
/// result is heard in a later one: a process may die in between.
/// </summary>
/// <param name="slowness">how often as long as usual a job takes now</param>
/// <param name="diskTime">how long the disk work done since it was last asked takes</param>
internal sealed class SimulatedWorkers(SimulatedProcess process, int limit, Func<double> slowness, Func<TimeSpan> diskTime) : IWorkers
{
    private static readonly TimeSpan Start = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan End = TimeSpan.FromMicroseconds(50);

    private readonly Queue<Action> _waiting = new();
    private int _busy;

    public Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>();
        _waiting.Enqueue(() => Do(work, done));
        Next();
        return done.Task;
    }

    private void Next()
    {
        while (_busy < limit && _waiting.TryDequeue(out var job))
        {
            _busy++;
            process.Schedule(Start * slowness(), job);
        }
    }

    private void Do<T>(Func<T> work, TaskCompletionSource<T> done)
    {
        Action tell;
        try
        {
            var result = work();
            tell = () => done.SetResult(result);
        }
#pragma warning disable CA1031 // Whatever it is belongs to whoever asked for the work.
        catch (Exception error)
#pragma warning restore CA1031
        {
            tell = () => done.SetException(error);
        }
        process.Schedule((End + diskTime()) * slowness(), () =>
        {
            _busy--;
            Next();
            tell();
        });
    }
}
