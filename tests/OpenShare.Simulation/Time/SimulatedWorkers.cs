using OpenShare.Device.Hosting;

namespace OpenShare.Simulation.Time;

/// <summary>Disk and hashing work, done as an entry of the queue a little later; its result continues there too.</summary>
internal sealed class SimulatedWorkers(SimulationQueue queue) : IWorkers
{
    private static readonly TimeSpan Duration = TimeSpan.FromMicroseconds(100);

    public Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>();
        queue.Schedule(Duration, () =>
        {
            T result;
            try
            {
                result = work();
            }
#pragma warning disable CA1031 // Whatever it is belongs to whoever asked for the work.
            catch (Exception error)
#pragma warning restore CA1031
            {
                done.SetException(error);
                return;
            }
            done.SetResult(result);
        });
        return done.Task;
    }
}
