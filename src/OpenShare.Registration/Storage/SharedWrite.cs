namespace OpenShare.Registration.Storage;

/// <summary>One of the writes that share a transaction: what it came to, once that is committed.</summary>
internal abstract class SharedWrite
{
    /// <summary>True once whoever waits for it has been told.</summary>
    public abstract bool IsOver { get; }

    /// <summary>Does it in the shared transaction.</summary>
    /// <returns>false: nothing of it is to be stored</returns>
    public abstract Task<bool> TryAsync(RegistrationDb db);

    /// <summary>Tells what came of it: what was stored is committed.</summary>
    public abstract void Tell();

    /// <summary>The transaction came to nothing, and so all that was in it.</summary>
    public abstract void Fail(Exception error);
}

/// <inheritdoc cref="SharedWrite"/>
internal sealed class SharedWrite<T>(Database database, Func<RegistrationDb, Task<Outcome<T>>> work, CancellationToken cancel) : SharedWrite
{
    // Whoever waits goes on elsewhere: the transaction belongs to others, too.
    private readonly TaskCompletionSource<Outcome<T>> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Outcome<T>? _outcome;
    private Exception? _error;

    public Task<Outcome<T>> Told => _told.Task;

    public override bool IsOver => _told.Task.IsCompleted;

    public override async Task<bool> TryAsync(RegistrationDb db)
    {
        try
        {
            cancel.ThrowIfCancellationRequested();
            _outcome = await work(db);
            if (_outcome is Outcome<T>.Done)
                await db.SaveChangesAsync(cancel);
            return _outcome is Outcome<T>.Done;
        }
        catch (Exception error) when (database.AwayBy(error) is null)
        {
            _error = error;
            return false;
        }
    }

    public override void Tell()
    {
        if (_error is null)
            _told.TrySetResult(_outcome!);
        else
            _told.TrySetException(_error);
    }

    public override void Fail(Exception error) => _told.TrySetException(error);
}
