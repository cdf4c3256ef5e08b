using Dapper;
using Microsoft.Data.Sqlite;

namespace OpenShare.Device.Storage.Database;

/// <summary>
/// The one connection, used by one thread at a time, and its three ways of use. A commit outlives the process
/// (kill -9) at once: the write-ahead log is with the system. It outlives a loss of power after the next sync;
/// <see cref="WriteDurably"/> waits for that.
/// </summary>
internal sealed class SqliteGate : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly string _name;
    private readonly ICommitWatch? _watch;

    private readonly List<KeptStatement> _kept = [];
    private readonly KeptStatement _begin;
    private readonly KeptStatement _commit;
    private bool _closed;

    private SqliteGate(SqliteConnection connection, string name, ICommitWatch? watch)
    {
        _connection = connection;
        _name = name;
        _watch = watch;
        // Immediate: a transaction that begins by reading could not be retried when it comes to write.
        _begin = Keep("BEGIN IMMEDIATE");
        _commit = Keep("COMMIT");
    }

    /// <exception cref="StorageException">damaged, newer than this program, or not to be opened</exception>
    internal static SqliteGate Open(string connectionString, string name, IReadOnlyList<string> steps, ICommitWatch? watch = null)
    {
        var gate = new SqliteGate(new GateConnection(connectionString), name, watch);
        try
        {
            gate.Start(steps);
            return gate;
        }
        catch
        {
            gate.Dispose();
            throw;
        }
    }

    internal KeptStatement Keep(string sql, params ReadOnlySpan<string> parameters)
    {
        lock (_gate)
        {
            var statement = new KeptStatement(_connection, sql, parameters);
            _kept.Add(statement);
            return statement;
        }
    }

    internal T Read<T>(Func<SqliteConnection, T> read)
    {
        lock (_gate)
            return Translated(() => read(_connection));
    }

    internal T Write<T>(Func<SqliteConnection, T> write)
    {
        lock (_gate)
        {
            return Translated(() =>
            {
                _watch?.BeforeRelaxedCommit(_connection);
                return InTransaction(write);
            });
        }
    }

    internal void Write(Action<SqliteConnection> write) => Write(connection =>
    {
        write(connection);
        return true;
    });

    /// <summary>Returns when the commit, and every commit before it, outlives a loss of power.</summary>
    internal T WriteDurably<T>(Func<SqliteConnection, T> write)
    {
        lock (_gate)
        {
            return Translated(() =>
            {
                // FULL syncs the log with each commit; it cannot be set inside of a transaction.
                _connection.Execute("PRAGMA synchronous = FULL");
                try
                {
                    var result = InTransaction(write);
                    _watch?.AfterDurableCommit();
                    return result;
                }
                finally
                {
                    _connection.Execute("PRAGMA synchronous = NORMAL");
                }
            });
        }
    }

    internal void WriteDurably(Action<SqliteConnection> write) => WriteDurably(connection =>
    {
        write(connection);
        return true;
    });

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var statement in _kept)
                statement.Dispose();
            _connection.Dispose();
        }
    }

    private void Start(IReadOnlyList<string> steps) => Translated(() =>
    {
        _connection.Open();
        _connection.Execute("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;");
        var check = _connection.ExecuteScalar<string>("PRAGMA quick_check(1)");
        if (check != "ok")
            throw Damaged(null);
        try
        {
            Schema.Apply(_connection, steps);
        }
        catch (StorageException problem)
        {
            throw new StorageException($"The database {_name} {problem.Message}", problem);
        }

        return true;
    });

    private T InTransaction<T>(Func<SqliteConnection, T> write)
    {
        _begin.Run();
        try
        {
            var result = write(_connection);
            _commit.Run();
            return result;
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    private void RollBack()
    {
        try
        {
            _connection.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite rolled back by itself: the failure that made it do so is the one to tell.
        }
    }

    private T Translated<T>(Func<T> work)
    {
        // Dapper would open the connection again, and write into what is another process's by now.
        if (_closed)
            throw new StorageException($"The database {_name} is closed.");
        try
        {
            return work();
        }
        catch (SqliteException error)
        {
            throw error.SqliteErrorCode switch
            {
                11 or 26 => Damaged(error),
                13 => new StorageFullException($"The database {_name} cannot be written: no space left on the disk.", error),
                5 or 6 => new StorageException($"The database {_name} is in use by another process.", error),
                _ => new StorageException($"The database {_name} cannot be used: {error.Message}", error),
            };
        }
    }

    private StorageException Damaged(SqliteException? error)
    {
        var message = $"The database {_name} is damaged. Nothing was changed. Restore it from a backup, or move it away and register this device anew.";
        return error is null ? new StorageException(message) : new StorageException(message, error);
    }
}
