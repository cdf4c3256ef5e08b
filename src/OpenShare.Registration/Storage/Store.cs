using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace OpenShare.Registration.Storage;

/// <summary>The service's database: reads as they come, writes one after another, each in one transaction.</summary>
internal sealed class Store : IDisposable
{
    private readonly string? _pooled;
    private readonly DbContextOptions<RegistrationDb> _options;

    // SQLite has one writer. Waiting here is a queue; waiting in the driver would be a sleep on a pool thread.
    private readonly SemaphoreSlim _writer = new(1, 1);

    public Store(string file)
    {
        _pooled = new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true, DefaultTimeout = 30 }.ToString();
        _options = new DbContextOptionsBuilder<RegistrationDb>().UseSqlite(_pooled).Options;
    }

    /// <param name="connection">open, and stays its owner's; one caller at a time</param>
    public Store(SqliteConnection connection) => _options = new DbContextOptionsBuilder<RegistrationDb>().UseSqlite(connection).Options;

    public async Task MigrateAsync(CancellationToken cancel)
    {
        await using var db = new RegistrationDb(_options);
        // Kept in the file. With a rollback journal whoever reads for long keeps writers from committing.
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancel);
        await db.Database.MigrateAsync(cancel);
    }

    public async Task<T> ReadAsync<T>(Func<RegistrationDb, Task<T>> read)
    {
        await using var db = new RegistrationDb(_options);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return await read(db);
    }

    /// <summary>Reads all as it was at one moment, however long that takes. Whoever writes meanwhile does not wait.</summary>
    public Task<T> ReadAtOnceAsync<T>(Func<RegistrationDb, Task<T>> read, CancellationToken cancel) => ReadAsync(async db =>
    {
        await db.Database.OpenConnectionAsync(cancel);
        // Deferred: what is not would begin as a writer.
        await using var moment = ((SqliteConnection)db.Database.GetDbConnection()).BeginTransaction(deferred: true);
        await db.Database.UseTransactionAsync(moment, cancel);
        return await read(db);
    });

    /// <summary>Runs the work in a transaction that began as a writer; a refusal or an exception undoes all of it.</summary>
    public async Task<Outcome<T>> WriteAsync<T>(Func<RegistrationDb, Task<Outcome<T>>> work, CancellationToken cancel)
    {
        await _writer.WaitAsync(cancel);
        try
        {
            await using var db = new RegistrationDb(_options);
            // BEGIN IMMEDIATE: what the work reads cannot change before it writes.
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
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
        if (_pooled is null)
            return;
        using var connection = new SqliteConnection(_pooled);
        SqliteConnection.ClearPool(connection);
    }
}
