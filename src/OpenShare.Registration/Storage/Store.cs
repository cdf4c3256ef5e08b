using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using OpenShare.Registration.Telemetry;

namespace OpenShare.Registration.Storage;

/// <summary>The service's database: reads as they come, writes one after another, each in one transaction, or those that may in one together.</summary>
internal sealed class Store(Database database) : IDisposable
{
    /// <summary>More in one transaction would keep the first of them waiting for longer than they save.</summary>
    private const int MostTogether = 64;

    /// <summary>
    /// With a token or a service far away that signs, all of them would take longer than a database waits for an idle transaction: those for whom
    /// there is no time are in the next one.
    /// </summary>
    private static readonly TimeSpan LongestTogether = TimeSpan.FromSeconds(1);

    // Waiting here is a queue; waiting in SQLite's driver would be a sleep on a pool thread, and in PostgreSQL's a connection.
    private readonly SemaphoreSlim _writer = new(1, 1);

    private readonly ConcurrentQueue<SharedWrite> _together = new();

    // The newest failure of a write, which those that waited for it share.
    private volatile DatabaseAway? _away;

    /// <summary>Part of each write, before its work: what another instance has stored is looked at there.</summary>
    public Func<RegistrationDb, CancellationToken, Task>? BeforeEachWrite { get; set; }

    /// <exception cref="DatabaseAway">as from all of these</exception>
    public Task MigrateAsync(CancellationToken cancel) => ReachAsync("write", async () =>
    {
        await database.MigrateAsync(cancel);
        return true;
    });

    public Task<T> ReadAsync<T>(Func<RegistrationDb, Task<T>> read) => ReachAsync("read", async () =>
    {
        await using var db = database.Open();
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return await read(db);
    });

    /// <summary>Reads all as it was at one moment, however long that takes. Whoever writes meanwhile does not wait.</summary>
    public Task<T> ReadAtOnceAsync<T>(Func<RegistrationDb, Task<T>> read, CancellationToken cancel) => ReadAsync(async db =>
    {
        await using var moment = await database.BeginReadingAsync(db, cancel);
        return await read(db);
    });

    /// <summary>Runs the work in a transaction that began as a writer; a refusal or an exception undoes all of it.</summary>
    public async Task<Outcome<T>> WriteAsync<T>(Func<RegistrationDb, Task<Outcome<T>>> work, CancellationToken cancel)
    {
        var before = _away;
        await TakeTurnAsync(cancel);
        try
        {
            // One after another each would find out for itself, and the last one wait for all of them.
            if (_away is { } meanwhile && meanwhile != before)
                throw meanwhile;
            return await ReachAsync("write", () => TransactAsync(work, cancel));
        }
        catch (DatabaseAway away)
        {
            _away = away;
            throw;
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>
    /// The same, in one transaction with others that wait for their turn: what a transaction costs, above all that it is durable, they pay
    /// together. Each is stored or refused by itself; none is told before all are durable. For work that changes nothing in memory.
    /// </summary>
    /// <param name="decide">refuses, or says what to do, and changes nothing</param>
    /// <param name="cancel">looked at once, before it is decided: from then on it is others' transaction, too</param>
    public async Task<Outcome<T>> WriteTogetherAsync<T>(
        ReadAhead ahead, Func<RegistrationDb, Task<Outcome<Decided<T>>>> decide, CancellationToken cancel)
    {
        var write = new SharedWrite<T>(database, ahead, decide, cancel);
        _together.Enqueue(write);
        // Whoever's turn comes first does it for all that wait. Nobody else's work is given up with this request.
        await TakeTurnAsync(CancellationToken.None);
        try
        {
            // Where more wait than go together, its own may be among the next.
            while (!write.IsOver)
                await TransactTogetherAsync(TakeTogether());
        }
        finally
        {
            _writer.Release();
        }
        return await write.Told;
    }

    public void Dispose()
    {
        _writer.Dispose();
        database.Dispose();
    }

    private async Task<Outcome<T>> TransactAsync<T>(Func<RegistrationDb, Task<Outcome<T>>> work, CancellationToken cancel)
    {
        await using var db = database.Open();
        await using var transaction = await database.BeginWritingAsync(db, cancel);
        if (BeforeEachWrite is { } look)
            await look(db, cancel);
        var outcome = await work(db);
        if (outcome is Outcome<T>.Done)
        {
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
            db.Acts.ForEach(ServiceMetrics.Done);
        }
        return outcome;
    }

    private List<SharedWrite> TakeTogether()
    {
        var taken = new List<SharedWrite>();
        while (taken.Count < MostTogether && _together.TryDequeue(out var write))
            taken.Add(write);
        return taken;
    }

    private async Task TransactTogetherAsync(List<SharedWrite> writes)
    {
        try
        {
            for (var (at, most) = (0, writes.Count); at < writes.Count;)
            {
                var batch = writes.GetRange(at, Math.Min(most, writes.Count - at));
                var stored = await CommitAsync(batch);
                at += stored;
                // Which of them cannot be stored shows where each has a transaction of its own.
                most = stored == 0 ? 1 : most;
            }
        }
        catch (DatabaseAway away)
        {
            _away = away;
            // Those behind would find out for themselves, one after another. Whoever was told is told no other thing.
            while (_together.TryDequeue(out var waiting))
                writes.Add(waiting);
            writes.ForEach(w => w.Fail(away));
        }
    }

    /// <returns>how many of them are over, the first ones; 0: one of several could not be done, and so nothing was</returns>
    private async Task<int> CommitAsync(List<SharedWrite> batch)
    {
        try
        {
            var stored = await ReachAsync("write", () => StoreAsync(batch));
            batch.GetRange(0, stored).ForEach(w => w.Tell());
            return stored;
        }
        catch (Exception error) when (error is not DatabaseAway)
        {
            batch.ForEach(w => w.Fail(error));
            return batch.Count;
        }
    }

    /// <returns>how many of them are stored, the first ones; 0: as of <see cref="CommitAsync"/></returns>
    private async Task<int> StoreAsync(List<SharedWrite> writes)
    {
        await using var db = database.Open();
        await using var transaction = await database.BeginWritingAsync(db, CancellationToken.None);
        if (BeforeEachWrite is { } look)
            await look(db, CancellationToken.None);
        var done = 0;
        try
        {
            await ReadAhead.AllAsync(db, [.. writes.Select(w => w.Ahead)], CancellationToken.None);
            for (var began = Stopwatch.GetTimestamp(); done < writes.Count && (done == 0 || Stopwatch.GetElapsedTime(began) < LongestTogether); done++)
                await writes[done].RunAsync(db);
            await db.SaveChangesAsync(CancellationToken.None);
        }
        catch (Exception error) when (writes.Count > 1 && database.AwayBy(error) is null)
        {
            return 0;
        }
        await transaction.CommitAsync();
        db.Acts.ForEach(ServiceMetrics.Done);
        return done;
    }

    private async Task TakeTurnAsync(CancellationToken cancel)
    {
        ServiceMetrics.WritesQueued(1);
        try
        {
            await _writer.WaitAsync(cancel);
        }
        finally
        {
            ServiceMetrics.WritesQueued(-1);
        }
    }

    private async Task<T> ReachAsync<T>(string kind, Func<Task<T>> work)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            return await work();
        }
        catch (Exception error) when (database.AwayBy(error) is { } away)
        {
            throw away;
        }
        finally
        {
            ServiceMetrics.DatabaseUsed(kind, Stopwatch.GetElapsedTime(began));
        }
    }
}
