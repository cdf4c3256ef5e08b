namespace OpenShare.Simulation.Time;

/// <summary>A thread for one world: nothing else runs on it, and no synchronization context of a caller's is there.</summary>
internal static class OwnThread
{
    internal static T Run<T>(Func<T> work) => RunAll([work])[0];

    /// <summary>All at once, a thread for each.</summary>
    internal static T[] RunAll<T>(IReadOnlyList<Func<T>> works)
    {
        var running = works.Select(Start).ToList();
        return [.. running.Select(r => r.GetAwaiter().GetResult())];
    }

    private static Task<T> Start<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>();
        var thread = new Thread(() =>
        {
            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // Whatever it is belongs to whoever asked.
            catch (Exception error)
#pragma warning restore CA1031
            {
                done.SetException(error);
            }
        });
        thread.Start();
        return done.Task;
    }
}
