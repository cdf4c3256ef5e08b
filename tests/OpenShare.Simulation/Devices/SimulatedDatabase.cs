using Dapper;
using Microsoft.Data.Sqlite;
using OpenShare.Device.Storage.Database;

namespace OpenShare.Simulation.Devices;

/// <summary>
/// A device's database file on its machine: the real schema in memory. It outlives the process that has it open, as
/// of its last commit; of a loss of power it outlives as much as was durable.
/// </summary>
internal sealed class SimulatedDatabase : ICommitWatch, IDisposable
{
    private static long s_files;

    // Dapper generates code for each statement of each connection string: here all databases have one schema.
    static SimulatedDatabase() => SqlMapper.ConnectionStringComparer = new AllAlike();

    private readonly bool _losesPower;
    private readonly SqliteConnection _durable = new("Data Source=:memory:;Pooling=False");
    private string _file = NewFile();
    private SqliteConnection? _keep;
    private DeviceDatabase? _open;
    private bool _isAhead;
    private RegistrationRecord? _enrolled;

    /// <param name="losesPower">false: nothing is kept to fall back to, which costs less</param>
    internal SimulatedDatabase(EmptyDatabase empty, bool losesPower)
    {
        _losesPower = losesPower;
        if (losesPower)
            _durable.Open();
        _keep = Connect();
        empty.CopyTo(_keep);
    }

    /// <summary>What the process that runs has open.</summary>
    internal DeviceDatabase? Current => _open;

    /// <summary>A registration that is in it, durably, by the time it is first opened: opening it for that would take as long again.</summary>
    internal void Enroll(RegistrationRecord registration) => _enrolled = registration;

    /// <summary>For a new process. The one before must not use what it was given any more.</summary>
    internal DeviceDatabase Open()
    {
        Close();
        _open = DeviceDatabase.OpenConnection(_file, "in memory", this);
        _keep?.Dispose();
        _keep = null;
        if (_enrolled is { } registration)
            _open.Registration.Save(registration);
        _enrolled = null;
        return _open;
    }

    /// <summary>The process that had it open is gone: what it still tries is refused.</summary>
    internal void Close()
    {
        _keep ??= Connect();
        _open?.Dispose();
        _open = null;
    }

    /// <summary>What is in another machine's database now, instead of what is in this one's.</summary>
    internal void CopyOf(SimulatedDatabase other)
    {
        Close();
        using var from = other.Connect();
        from.BackupDatabase(_keep!);
    }

    /// <param name="keeps">what was not durable yet happened to reach the disk all the same</param>
    internal void LosePower(bool keeps)
    {
        if (!_losesPower)
            throw new InvalidOperationException("This device was made as one that loses no power.");
        Close();
        if (_isAhead && !keeps)
        {
            _keep!.Dispose();
            _file = NewFile();
            _keep = Connect();
            _durable.BackupDatabase(_keep);
        }
        _isAhead = false;
    }

    // One copy for each row of relaxed commits, made before the first of them.
    void ICommitWatch.BeforeRelaxedCommit(SqliteConnection connection)
    {
        if (!_losesPower || _isAhead)
            return;
        connection.BackupDatabase(_durable);
        _isAhead = true;
    }

    void ICommitWatch.AfterDurableCommit() => _isAhead = false;

    public void Dispose()
    {
        _open?.Dispose();
        _keep?.Dispose();
        _durable.Dispose();
    }

    // Names of memory databases are the whole process's, and tests run side by side in it.
    internal static string NewFile() => $"Data Source=device-{Interlocked.Increment(ref s_files)};Mode=Memory;Cache=Shared;Pooling=False";

    internal static SqliteConnection Connect(string file)
    {
        var connection = new SqliteConnection(file);
        connection.Open();
        return connection;
    }

    private SqliteConnection Connect() => Connect(_file);

    private sealed class AllAlike : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => true;

        public int GetHashCode(string obj) => 0;
    }
}

/// <summary>A database with the schema and nothing in it.</summary>
internal sealed class EmptyDatabase : IDisposable
{
    private readonly SqliteConnection _connection;

    internal EmptyDatabase()
    {
        var file = SimulatedDatabase.NewFile();
        _connection = SimulatedDatabase.Connect(file);
        DeviceDatabase.OpenConnection(file, "in memory").Dispose();
    }

    public void Dispose() => _connection.Dispose();

    internal void CopyTo(SqliteConnection other) => _connection.BackupDatabase(other);
}
