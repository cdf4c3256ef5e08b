using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace OpenShare.Registration.Storage;

/// <summary>A PostgreSQL database that any number of instances share. They take turns at writing, as the threads of one do.</summary>
internal sealed class PostgresDatabase : Database
{
    // "OpenShar": whoever holds this advisory lock is the one writer.
    private const string Writer = "5724186650908057970";

    // An instance that froze or lost its network in the middle of a write keeps the others waiting for no longer than this. One write's
    // signatures may take most of it, where what signs is far away or slow; several that share a transaction stop after a second (Store).
    private const string BeginWriting =
        $"SET LOCAL idle_in_transaction_session_timeout = '15s'; SET LOCAL lock_timeout = '25s'; SELECT pg_advisory_xact_lock({Writer})";

    private readonly PostgresAddress _address;
    private readonly NpgsqlDataSource _source;
    private readonly DbContextOptions<PostgresDb> _options;

    public PostgresDatabase(PostgresAddress address, DatabasePassword? password)
    {
        _address = address;
        _source = address.Open(password);
        _options = new DbContextOptionsBuilder<PostgresDb>().UseNpgsql(_source).Options;
    }

    public override async Task MigrateAsync(CancellationToken cancel)
    {
        await using var db = await ReachAsync(cancel);
        // Of instances that start together one migrates; the others wait, and find it done.
        await db.Database.ExecuteSqlRawAsync($"SELECT pg_advisory_lock({Writer})", cancel);
        await MigrateAsync(db, cancel);
        await db.Database.ExecuteSqlRawAsync($"SELECT pg_advisory_unlock({Writer})", cancel);
    }

    public override async Task<bool> IsInUseAsync(CancellationToken cancel)
    {
        await using var db = await ReachAsync(cancel);
        return (await db.Database.GetAppliedMigrationsAsync(cancel)).Any();
    }

    public override RegistrationDb Open() => new PostgresDb(_options);

    public override async Task<IAsyncDisposable> BeginReadingAsync(RegistrationDb db, CancellationToken cancel) =>
        await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);

    public override async Task<IDbContextTransaction> BeginWritingAsync(RegistrationDb db, CancellationToken cancel)
    {
        // Each statement sees what was committed before it began: those that follow the lock, all that the writer before stored.
        var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel);
        await db.Database.ExecuteSqlRawAsync(BeginWriting, cancel);
        return transaction;
    }

    /// <summary>Looks once it listens, then whenever an instance has stored news, and at least so often.</summary>
    /// <exception cref="NpgsqlException">the connection is lost</exception>
    public async Task ListenAsync(Func<bool, Task> look, TimeSpan atLeastEvery, CancellationToken cancel)
    {
        await using var connection = await _source.OpenConnectionAsync(cancel);
        await using var listen = new NpgsqlCommand("LISTEN " + PostgresDb.Channel, connection);
        for (var isNews = true; ; isNews = await connection.WaitAsync(atLeastEvery, cancel))
        {
            // Said again each time: a connection that died without a word is found so.
            await listen.ExecuteNonQueryAsync(cancel);
            await look(isNews);
        }
    }

    public override DatabaseAway? AwayBy(Exception error)
    {
        // Entity Framework wraps what it meets.
        while (error is not NpgsqlException && error.InnerException is { } inner)
            error = inner;
        return error switch
        {
            // What was sent is at fault, by its SQLSTATE's class: data, a key that is taken, or the statement.
            PostgresException { SqlState: ['2', '2' or '3', ..] or ['4', '2', ..] } => null,
            NpgsqlException => new DatabaseAway($"The database {_address} cannot be used: {error.Message}{(error.InnerException is { } cause ? $" ({cause.Message})" : "")}"),
            _ => null,
        };
    }

    public override void Dispose() => _source.Dispose();

    /// <exception cref="DatabaseAway">it cannot be reached</exception>
    private async Task<RegistrationDb> ReachAsync(CancellationToken cancel)
    {
        var db = Open();
        try
        {
            await db.Database.OpenConnectionAsync(cancel);
            return db;
        }
        catch (NpgsqlException error)
        {
            await db.DisposeAsync();
            throw AwayBy(error) ?? (Exception)error;
        }
    }
}
