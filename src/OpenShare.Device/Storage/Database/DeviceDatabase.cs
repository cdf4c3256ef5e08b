using Microsoft.Data.Sqlite;

namespace OpenShare.Device.Storage.Database;

/// <summary>
/// What a device remembers, in one SQLite file. Calls are short and block; any thread may make them, one is served
/// at a time. What goes wrong is a <see cref="StorageException"/> whose message is for a person.
/// </summary>
public sealed class DeviceDatabase : IDisposable
{
    private readonly SqliteGate _gate;

    private DeviceDatabase(SqliteGate gate)
    {
        _gate = gate;
        Registration = new SqliteRegistrationStore(gate);
        Revocation = new SqliteRevocationStore(gate);
        Peers = new SqlitePeerStore(gate);
        Transfers = new SqliteTransferStore(gate);
        Manifests = new SqliteManifestStore(gate);
        Chunks = new SqliteChunkMapStore(gate);
        Outcomes = new SqliteOutcomeStore(gate);
        Receipts = new SqliteReceiptStore(gate);
        AcceptRules = new SqliteAcceptRuleStore(gate);
        Hashes = new SqliteHashStore(gate);
        Contents = new SqliteContentStore(gate);
        Pairing = new SqlitePairingStore(gate);
    }

    public IRegistrationStore Registration { get; }

    public IRevocationStore Revocation { get; }

    public IPeerStore Peers { get; }

    public ITransferStore Transfers { get; }

    public IManifestStore Manifests { get; }

    public IChunkMapStore Chunks { get; }

    public IOutcomeStore Outcomes { get; }

    public IReceiptStore Receipts { get; }

    public IAcceptRuleStore AcceptRules { get; }

    public IHashStore Hashes { get; }

    public IContentStore Contents { get; }

    public IPairingStore Pairing { get; }

    /// <summary>Opens a home's database, made where missing, for its owner only.</summary>
    /// <exception cref="StorageException">damaged, newer than this program, or not to be opened</exception>
    public static DeviceDatabase Open(string file)
    {
        try
        {
            MakePrivate(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The database {file} cannot be opened: {error.Message}", error);
        }

        return OpenConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString(), file);
    }

    /// <summary>A database of its own that is gone when disposed: for simulations.</summary>
    public static DeviceDatabase OpenInMemory() => OpenConnection("Data Source=:memory:;Pooling=False", "in memory");

    /// <param name="connectionString">of Microsoft.Data.Sqlite</param>
    /// <param name="name">what messages call it</param>
    public static DeviceDatabase OpenConnection(string connectionString, string name) => OpenConnection(connectionString, name, watch: null);

    internal static DeviceDatabase OpenConnection(string connectionString, string name, ICommitWatch? watch) =>
        new(SqliteGate.Open(connectionString, name, Schema.Steps, watch));

    public void Dispose() => _gate.Dispose();

    // SQLite gives its log the mode of the database.
    private static void MakePrivate(string file)
    {
        if (OperatingSystem.IsWindows() || File.Exists(file))
            return;
        using var made = File.OpenHandle(file, FileMode.CreateNew, FileAccess.Write);
        File.SetUnixFileMode(made, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
