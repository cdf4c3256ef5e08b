using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using SQLitePCL;

namespace OpenShare.Registration.Storage;

/// <summary>One file of one process.</summary>
internal sealed class SqliteDatabase : Database
{
    private readonly string? _file;
    private readonly string? _pooled;
    private readonly DbContextOptions<RegistrationDb> _options;

    public SqliteDatabase(string file)
    {
        _file = file;
        _pooled = new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true, DefaultTimeout = 30 }.ToString();
        _options = new DbContextOptionsBuilder<RegistrationDb>().UseSqlite(_pooled).Options;
    }

    /// <param name="connection">open, and stays its owner's; one caller at a time</param>
    public SqliteDatabase(SqliteConnection connection) => _options = new DbContextOptionsBuilder<RegistrationDb>().UseSqlite(connection).Options;

    public override async Task MigrateAsync(CancellationToken cancel)
    {
        // Made before SQLite would make it, so that it and its journals are their owner's only.
        if (_file is not null)
            await OwnerOnlyFile.Open(_file, FileShare.ReadWrite).DisposeAsync();
        await using var db = Open();
        // Kept in the file. With a rollback journal whoever reads for long keeps writers from committing.
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancel);
        await MigrateAsync(db, cancel);
    }

    public override Task<bool> IsInUseAsync(CancellationToken cancel) => Task.FromResult(_file is null || File.Exists(_file));

    public override RegistrationDb Open() => new(_options);

    public override async Task<IAsyncDisposable> BeginReadingAsync(RegistrationDb db, CancellationToken cancel)
    {
        await db.Database.OpenConnectionAsync(cancel);
        // Deferred: what is not would begin as a writer.
        var moment = ((SqliteConnection)db.Database.GetDbConnection()).BeginTransaction(deferred: true);
        await db.Database.UseTransactionAsync(moment, cancel);
        return moment;
    }

    // BEGIN IMMEDIATE, by which SQLite has one writer.
    public override Task<IDbContextTransaction> BeginWritingAsync(RegistrationDb db, CancellationToken cancel) => db.Database.BeginTransactionAsync(cancel);

    public override DatabaseAway? AwayBy(Exception error)
    {
        // Entity Framework wraps what it meets.
        while (error is not SqliteException && error.InnerException is { } inner)
            error = inner;
        // Held by somebody else for longer than is waited, out of reach, or without room: what was sent is not at fault.
        return error is SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_READONLY or raw.SQLITE_IOERR or raw.SQLITE_FULL or raw.SQLITE_CANTOPEN }
            ? new DatabaseAway($"The database {_file} cannot be used: {error.Message}")
            : null;
    }

    public override void Dispose()
    {
        if (_pooled is null)
            return;
        using var connection = new SqliteConnection(_pooled);
        SqliteConnection.ClearPool(connection);
    }
}
