namespace OpenShare.Registration.Storage;

/// <summary>What was decided, without a change so far, and is to be done: it cannot be refused any more.</summary>
internal sealed record Decided<T>(Func<Task<T>> DoAsync);

/// <summary>One of the writes that share a transaction: what it came to, once that is committed.</summary>
internal abstract class SharedWrite(ReadAhead ahead)
{
    public ReadAhead Ahead => ahead;

    /// <summary>True once whoever waits for it has been told.</summary>
    public abstract bool IsOver { get; }

    /// <summary>Decides, and does it in the shared transaction; a refusal has changed nothing there.</summary>
    /// <exception cref="Exception">it was not done, or not all of it: the transaction is not to be committed</exception>
    public abstract Task RunAsync(RegistrationDb db);

    /// <summary>Tells what came of it: what was done is committed.</summary>
    public abstract void Tell();

    /// <summary>The transaction came to nothing, and so all that was in it.</summary>
    public abstract void Fail(Exception error);
}

/// <inheritdoc cref="SharedWrite"/>
internal sealed class SharedWrite<T>(
    Database database, ReadAhead ahead, Func<RegistrationDb, Task<Outcome<Decided<T>>>> decide, CancellationToken cancel) : SharedWrite(ahead)
{
    // Whoever waits goes on elsewhere: the transaction belongs to others, too.
    private readonly TaskCompletionSource<Outcome<T>> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Outcome<T>? _outcome;
    private Exception? _error;

    public Task<Outcome<T>> Told => _told.Task;

    public override bool IsOver => _told.Task.IsCompleted;

    public override async Task RunAsync(RegistrationDb db)
    {
        (_outcome, _error) = (null, null);
        if (await DecideAsync(db) is { } decided)
            _outcome = await decided.ThenAsync<T>(async d => await d.DoAsync());
    }

    public override void Tell()
    {
        if (_error is null)
            _told.TrySetResult(_outcome!);
        else
            _told.TrySetException(_error);
    }

    public override void Fail(Exception error) => _told.TrySetException(error);

    private async Task<Outcome<Decided<T>>?> DecideAsync(RegistrationDb db)
    {
        try
        {
            cancel.ThrowIfCancellationRequested();
            return await decide(db);
        }
        catch (Exception error) when (database.AwayBy(error) is null)
        {
            // Nothing was changed, so that is a matter of its own.
            _error = error;
            return null;
        }
    }
}
