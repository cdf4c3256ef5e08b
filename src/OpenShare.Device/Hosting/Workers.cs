using OpenShare.Device.Transfers.Telemetry;

namespace OpenShare.Device.Hosting;

/// <summary>Runs work on the thread pool, at most <paramref name="limit"/> at a time.</summary>
public sealed class Workers(int limit, TransferMetrics? metrics = null) : IWorkers
{
    private readonly TransferMetrics _metrics = metrics ?? TransferMetrics.Told;
    private readonly TaskFactory _factory = new(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, limit).ConcurrentScheduler);

    public Task<T> Run<T>(Func<T> work)
    {
        _metrics.JobQueued(1);
        return _factory.StartNew(() =>
        {
            _metrics.JobQueued(-1);
            return work();
        });
    }
}
