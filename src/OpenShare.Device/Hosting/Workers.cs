using OpenShare.Device.Transfers.Telemetry;

namespace OpenShare.Device.Hosting;

/// <summary>Runs work on the thread pool, at most <paramref name="limit"/> at a time.</summary>
public sealed class Workers(int limit) : IWorkers
{
    private readonly TaskFactory _factory = new(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, limit).ConcurrentScheduler);

    public Task<T> Run<T>(Func<T> work)
    {
        TransferMetrics.JobQueued(1);
        return _factory.StartNew(() =>
        {
            TransferMetrics.JobQueued(-1);
            return work();
        });
    }
}
