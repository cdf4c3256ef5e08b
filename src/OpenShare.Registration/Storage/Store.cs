using Microsoft.EntityFrameworkCore;

namespace OpenShare.Registration.Storage;

/// <summary>The service's database: reads as they come, writes one after another, each in one transaction.</summary>
internal sealed class Store(Database database) : IDisposable
{
    // Waiting here is a queue; waiting in SQLite's driver would be a sleep on a pool thread, and in PostgreSQL's a connection.
    private readonly SemaphoreSlim _writer = new(1, 1);

    /// <summary>Part of each write, before its work: what another instance has stored is looked at there.</summary>
    public Func<RegistrationDb, CancellationToken, Task>? BeforeEachWrite { get; set; }

    public Task MigrateAsync(CancellationToken cancel) => database.MigrateAsync(cancel);

    public async Task<T> ReadAsync<T>(Func<RegistrationDb, Task<T>> read)
    {
        await using var db = database.Open();
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return await read(db);
    }

    /// <summary>Reads all as it was at one moment, however long that takes. Whoever writes meanwhile does not wait.</summary>
    public Task<T> ReadAtOnceAsync<T>(Func<RegistrationDb, Task<T>> read, CancellationToken cancel) => ReadAsync(async db =>
    {
        await using var moment = await database.BeginReadingAsync(db, cancel);
        return await read(db);
    });

    /// <summary>Runs the work in a transaction that began as a writer; a refusal or an exception undoes all of it.</summary>
    public async Task<Outcome<T>> WriteAsync<T>(Func<RegistrationDb, Task<Outcome<T>>> work, CancellationToken cancel)
    {
        await _writer.WaitAsync(cancel);
        try
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
            }
            return outcome;
        }
        finally
        {
            _writer.Release();
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        database.Dispose();
    }
}
