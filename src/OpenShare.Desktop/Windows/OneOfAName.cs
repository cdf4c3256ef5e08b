namespace OpenShare.Desktop.Windows;

/// <summary>A mutex of this person's session, held by a thread of its own: it belongs to whichever thread took it.</summary>
internal sealed class OneOfAName : IDisposable
{
    // Between two looks whether this still waits.
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly ManualResetEvent _released = new(false);
    private readonly Thread _holder;

    private OneOfAName(Func<ManualResetEvent, Thread> holder)
    {
        _holder = holder(_released);
        _holder.Start();
    }

    /// <param name="waits">another program has it just now</param>
    internal static async Task<OneOfAName> TakeAsync(string name, Action waits, CancellationToken cancellation)
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var one = new OneOfAName(released => new Thread(() => Hold(name, waits, released, taken)) { IsBackground = true, Name = "one icon for a home" });
        try
        {
            await taken.Task.WaitAsync(cancellation);
            return one;
        }
        catch
        {
            one.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _released.Set();
        _holder.Join();
        _released.Dispose();
    }

    private static void Hold(string name, Action waits, ManualResetEvent released, TaskCompletionSource taken)
    {
        using var mutex = new Mutex(initiallyOwned: false, $@"Local\{name}");
        if (!Take(mutex, TimeSpan.Zero))
        {
            // Not on this thread: what it leads to may end in Dispose, which waits for this one.
            _ = Task.Run(waits);
            while (!Take(mutex, Again))
                if (released.WaitOne(0))
                    return;
        }
        taken.TrySetResult();
        released.WaitOne();
        mutex.ReleaseMutex();
    }

    private static bool Take(Mutex mutex, TimeSpan within)
    {
        try
        {
            return mutex.WaitOne(within);
        }
        catch (AbandonedMutexException)
        {
            // Who had it was ended without letting it go.
            return true;
        }
    }
}
