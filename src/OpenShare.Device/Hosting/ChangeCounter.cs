namespace OpenShare.Device.Hosting;

/// <summary>
/// Counts changes, for <see cref="IDevice.WaitForChange"/>: no waiter misses one, however late it comes back, and
/// none is ever kept busy by more than its own pace. Safe from any thread.
/// </summary>
public sealed class ChangeCounter
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = NewSource();
    private long _version = 1;

    public void Count()
    {
        TaskCompletionSource reached;
        lock (_gate)
        {
            _version++;
            reached = _next;
            _next = NewSource();
        }
        reached.SetResult();
    }

    /// <returns>the version now, once it is past <paramref name="seen"/></returns>
    public async Task<long> WaitPast(long seen, CancellationToken cancellation)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_version > seen)
                    return _version;
                next = _next.Task;
            }
            await next.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
