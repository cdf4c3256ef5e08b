namespace OpenShare.Simulation.Time;

/// <summary>
/// Everything that is to happen, in the order of virtual time and, at one time, in the order it was asked for. One
/// thread drains it; nothing in the simulated world may run on another, and what tries to is found out.
/// </summary>
public sealed class SimulationQueue
{
    private readonly PriorityQueue<Action, Place> _entries = new();

    // What is to happen at once needs no sorting: it comes after everything that is due already.
    private readonly Queue<(Action Entry, long Number)> _next = new();
    private long _number;
    private int? _thread;
    private volatile InvalidOperationException? _trespass;

    /// <summary>Virtual time since the start.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>How many entries have run.</summary>
    public long Steps { get; private set; }

    /// <summary>Whose doing it is that happens now; null: nobody's, or not known.</summary>
    internal SimulatedProcess? Acting { get; set; }

    /// <summary>How many entries wait.</summary>
    public int Count => _entries.Count + _next.Count;

    /// <inheritdoc cref="Schedule"/>
    public void Post(Action entry)
    {
        ThrowIfElsewhere();
        _next.Enqueue((entry, _number++));
    }

    /// <exception cref="InvalidOperationException">called from another thread than the simulation's: its order would be chance</exception>
    public void Schedule(TimeSpan delay, Action entry)
    {
        if (delay <= TimeSpan.Zero)
        {
            Post(entry);
            return;
        }
        ThrowIfElsewhere();
        _entries.Enqueue(entry, new Place(Elapsed + delay, _number++));
    }

    /// <summary>Runs until the condition holds.</summary>
    /// <param name="limit">of virtual time</param>
    /// <returns>false: the time was up, or nothing is left to happen</returns>
    /// <exception cref="InvalidOperationException">another thread was here, whether or not it heard of it itself</exception>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        _thread ??= Environment.CurrentManagedThreadId;
        var end = Elapsed + limit;
        return InOneThread(() =>
        {
            while (!condition())
            {
                if (Take(end) is not { } entry)
                {
                    Elapsed = end;
                    return false;
                }
                Steps++;
                entry();
                if (_trespass is { } trespass)
                    throw trespass;
            }
            return true;
        });
    }

    /// <summary>Does it with no synchronization context, which a test runner may have set: what waits would go on in that.</summary>
    internal static T InOneThread<T>(Func<T> what)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return what();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>The result of what is done by the time it is asked for, as all is that waits for no time to pass.</summary>
    /// <exception cref="InvalidOperationException">it waits for something</exception>
    internal static T Done<T>(Func<Task<T>> what) => InOneThread(() =>
    {
        var task = what();
        return task.IsCompleted
            ? task.GetAwaiter().GetResult()
            : throw new InvalidOperationException("Something in the simulated world waits outside of the queue.");
    });

    public void RunFor(TimeSpan time) => RunUntil(() => false, time);

    private Action? Take(TimeSpan end)
    {
        var isThere = _entries.TryPeek(out _, out var place);
        if (_next.TryPeek(out var next) && !(isThere && place.Due <= Elapsed && place.Number < next.Number))
            return _next.Dequeue().Entry;
        if (!isThere || place.Due > end)
            return null;
        Elapsed = place.Due;
        return _entries.Dequeue();
    }

    private void ThrowIfElsewhere()
    {
        if (_thread is { } thread && thread != Environment.CurrentManagedThreadId)
            throw _trespass = new InvalidOperationException(
                $"The simulated world was entered from thread {Environment.CurrentManagedThreadId}: something in it ran on the thread pool.\n{Environment.StackTrace}");
    }

    private readonly record struct Place(TimeSpan Due, long Number) : IComparable<Place>
    {
        public int CompareTo(Place other) => Due == other.Due ? Number.CompareTo(other.Number) : Due.CompareTo(other.Due);
    }
}
