namespace OpenShare.Simulation.Commands;

/// <summary>A thread for one world: nothing else runs on it, and no synchronization context of a caller's is there.</summary>
internal static class OwnThread
{
    internal static T Run<T>(Func<T> work)
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
        thread.Join();
        return done.Task.GetAwaiter().GetResult();
    }
}
