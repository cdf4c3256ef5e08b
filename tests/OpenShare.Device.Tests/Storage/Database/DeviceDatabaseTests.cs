using Microsoft.Data.Sqlite;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Storage.Database;

public sealed class DeviceDatabaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string DatabaseFile => _folder["device.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_database_that_was_closed_refuses_every_use_and_is_not_opened_again()
    {
        var database = DeviceDatabase.Open(DatabaseFile);
        database.Dispose();

        Assert.Throws<StorageException>(() => database.Registration.Load());
        Assert.Throws<StorageException>(() => database.Registration.ClearPending());
        Assert.Throws<StorageException>(() => database.Registration.RaiseTimeFloor(DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void A_new_database_and_its_log_are_for_their_owner_only()
    {
        using var database = DeviceDatabase.Open(DatabaseFile);
        database.Registration.RaiseTimeFloor(DateTimeOffset.UnixEpoch);

        Assert.All(
            Directory.GetFiles(_folder.Path), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.True(File.Exists(DatabaseFile + "-wal"));
    }

    [Fact]
    public void A_file_that_is_no_database_gives_a_clear_error_and_stays_as_it_is()
    {
        var bytes = new SeededRandom(1).Bytes(8192);
        File.WriteAllBytes(DatabaseFile, bytes);

        var damaged = Assert.Throws<StorageException>(() => DeviceDatabase.Open(DatabaseFile));

        Assert.Equal(
            $"The database {DatabaseFile} is damaged. Nothing was changed. Restore it from a backup, or move it away and register this device anew.",
            damaged.Message);
        Assert.Equal(bytes, File.ReadAllBytes(DatabaseFile));
    }

    [Fact]
    public void A_database_with_a_damaged_page_gives_a_clear_error()
    {
        FillAndClose();
        using (var file = File.OpenHandle(DatabaseFile, FileMode.Open, FileAccess.ReadWrite))
        {
            // Every page behind the first, which says what the others are.
            for (var page = 4096L; page < RandomAccess.GetLength(file); page += 4096)
                RandomAccess.Write(file, new SeededRandom(2).Bytes(512), page);
        }

        var damaged = Assert.Throws<StorageException>(() => DeviceDatabase.Open(DatabaseFile));

        Assert.Contains("is damaged", damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_that_was_cut_short_gives_a_clear_error()
    {
        FillAndClose();
        using (var file = File.OpenHandle(DatabaseFile, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.SetLength(file, RandomAccess.GetLength(file) / 2);

        var damaged = Assert.Throws<StorageException>(() => DeviceDatabase.Open(DatabaseFile));

        Assert.Contains("is damaged", damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_of_a_newer_program_is_refused_and_stays_of_that_version()
    {
        DeviceDatabase.Open(DatabaseFile).Dispose();
        Run($"PRAGMA user_version = {Schema.Steps.Length + 1}");

        var refused = Assert.Throws<StorageException>(() => DeviceDatabase.Open(DatabaseFile));

        Assert.Equal(
            $"The database {DatabaseFile} was made by a newer OpenShare (schema {Schema.Steps.Length + 1}, this program knows {Schema.Steps.Length}). Update OpenShare.",
            refused.Message);
        Assert.Equal(Schema.Steps.Length + 1L, Run("PRAGMA user_version"));
    }

    [Fact]
    public void A_step_of_the_schema_that_fails_leaves_nothing_behind()
    {
        string[] steps = ["CREATE TABLE first (x);", "CREATE TABLE second (x); SELECT no_such_function();"];

        Assert.Throws<StorageException>(() => SqliteGate.Open($"Data Source={DatabaseFile};Pooling=False", "test", steps));

        Assert.Equal(1L, Run("PRAGMA user_version"));
        Assert.Equal("first", Run("SELECT group_concat(name) FROM sqlite_master WHERE type = 'table'"));
    }

    [Fact]
    public void What_files_were_that_an_earlier_program_was_sending_is_known_on()
    {
        const string ofFiles = "ALTER TABLE peers ADD COLUMN device_no";
        MakeUpTo(ofFiles);
        var all = Enumerable.Range(0, 700).Select(i => new SourceIdentity((uint)i, new FileIdentity(i, -i, long.MaxValue - i, ulong.MaxValue - (ulong)i, 1))).Reverse().ToList();
        foreach (var (no, file) in all)
            Run($"INSERT INTO source_identities VALUES (5, {no}, {file.Size}, {file.MtimeNs}, {file.CtimeNs}, {unchecked((long)file.Inode)}, {file.Device})");

        using var database = DeviceDatabase.Open(DatabaseFile);

        Assert.All(all, i => Assert.Contains(i, database.Manifests.Identities(new TransferNo(5), i.EntryNo)));
        Assert.Equal(all.Select(i => i.EntryNo).Order(), new uint[] { 0, 699 }.SelectMany(n => database.Manifests.Identities(new TransferNo(5), n)).Select(i => i.EntryNo));
    }

    [Fact]
    public void What_an_earlier_program_had_of_a_partial_file_is_known_on()
    {
        MakeUpTo("ALTER TABLE transfers ADD COLUMN begun_inode");
        Run("INSERT INTO chunk_maps VALUES (5, 0, 0, 12, x'FF0F', x'0F00', 'of another boot'), (5, 1, -1, 3, x'07', x'00', '')");

        using var database = DeviceDatabase.Open(DatabaseFile);

        Assert.Collection(
            database.Chunks.Load(new TransferNo(5)),
            m => Assert.Equal((0u, new ChunkSpan(0, 12), "FF0F", "0F00"), (m.Page, m.Chunks, Convert.ToHexString(m.Written), Convert.ToHexString(m.Durable))),
            m => Assert.Equal((1u, new ChunkSpan(ulong.MaxValue, 3), "07", "00"), (m.Page, m.Chunks, Convert.ToHexString(m.Written), Convert.ToHexString(m.Durable))));
    }

    [Fact]
    public void A_database_that_another_process_writes_to_says_so_in_words()
    {
        DeviceDatabase.Open(DatabaseFile).Dispose();
        using var other = new SqliteConnection($"Data Source={DatabaseFile};Pooling=False");
        other.Open();
        using var begin = new SqliteCommand("BEGIN EXCLUSIVE", other);
        begin.ExecuteNonQuery();
        // The wait for the other one is the connection's own and short here.
        using var gate = SqliteGate.Open($"Data Source={DatabaseFile};Pooling=False;Default Timeout=1", "test", Schema.Steps);
        gate.Read(c => new SqliteCommand("PRAGMA busy_timeout = 1", c).ExecuteNonQuery());

        var refused = Assert.Throws<StorageException>(() => new SqlitePeerStore(gate).Remove(new TestOrganisation(1, DateTimeOffset.UnixEpoch.AddYears(50)).Enroll("a").DeviceId));

        Assert.Equal("The database test is in use by another process.", refused.Message);
    }

    [Fact]
    public void A_directory_that_is_not_there_is_said_in_words()
    {
        var refused = Assert.Throws<StorageException>(() => DeviceDatabase.Open(_folder["missing/device.db"]));

        Assert.StartsWith($"The database {_folder["missing/device.db"]} cannot be opened: ", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The database as it was after the step that has this.</summary>
    private void MakeUpTo(string step)
    {
        var last = Array.FindIndex(Schema.Steps, s => s.Contains(step, StringComparison.Ordinal));
        SqliteGate.Open($"Data Source={DatabaseFile};Pooling=False", "test", Schema.Steps[..(last + 1)]).Dispose();
    }

    private void FillAndClose()
    {
        using var database = DeviceDatabase.Open(DatabaseFile);
        var organisation = new TestOrganisation(1, DateTimeOffset.UnixEpoch.AddYears(50));
        database.Revocation.Save(organisation.Revoke([.. Enumerable.Range(0, 200).Select(i => organisation.Enroll($"device {i}"))]));
    }

    private object? Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={DatabaseFile};Pooling=False");
        connection.Open();
        using var command = new SqliteCommand(sql, connection);
        return command.ExecuteScalar();
    }
}
