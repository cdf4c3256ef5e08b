using OpenShare.Registration.Telemetry;

namespace OpenShare.Registration.Revocation;

/// <summary>Holds the newest list in memory and wakes those who wait for a newer one.</summary>
/// <param name="wakesAtOnce">on the thread that publishes: for a simulation, which has no other</param>
internal sealed class Publisher(TimeProvider time, bool wakesAtOnce = false)
{
    private readonly Lock _lock = new();
    private PublishedList? _current;
    private TaskCompletionSource _changed = NewSignal(wakesAtOnce);

    /// <exception cref="InvalidOperationException">nothing was published yet: the service publishes before it listens</exception>
    public PublishedList Current => _current ?? throw new InvalidOperationException("No revocation list was published.");

    public void Publish(PublishedList list)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            // Two transactions that committed in order may get here out of order.
            if (_current is not null && !list.List.IsNewerThan(_current.List))
                return;
            _current = list;
            ServiceMetrics.ListServed(list.List.Version);
            (changed, _changed) = (_changed, NewSignal(wakesAtOnce));
        }
        changed.SetResult();
    }

    /// <summary>The current list as soon as it is the one wanted, or whatever is current when the time is up.</summary>
    public async Task<PublishedList> WaitAsync(Func<PublishedList, bool> isWanted, TimeSpan atMost, CancellationToken cancel)
    {
        var until = time.GetUtcNow() + atMost;
        while (true)
        {
            Task changed;
            PublishedList current;
            lock (_lock)
                (changed, current) = (_changed.Task, Current);
            var left = until - time.GetUtcNow();
            if (isWanted(current) || left <= TimeSpan.Zero)
                return current;
            // That nothing changed is what mostly happens, thousands of times a minute: no exception is thrown for it.
            await changed.WaitAsync(left, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancel.ThrowIfCancellationRequested();
            if (!changed.IsCompleted)
                return Current;
        }
    }

    // Thousands may wait: whoever publishes does not stay to answer them all.
    private static TaskCompletionSource NewSignal(bool wakesAtOnce) =>
        new(wakesAtOnce ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
}
