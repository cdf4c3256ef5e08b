using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>Which staging places go at the start, and which stay.</summary>
public sealed class StagingSweepTests : IDisposable
{
    private static readonly DeviceId Sender = DeviceId.Parse(new string('a', 32));

    private readonly TemporaryFolder _folder = new();
    private readonly DeviceDatabase _database = DeviceDatabase.OpenInMemory();
    private readonly LocalDisk _disk = new();
    private int _transfers;

    private string Inbox => _folder["inbox"];

    [Fact]
    public void What_is_over_goes_and_what_goes_on_stays()
    {
        var running = new[]
        {
            TransferState.Connecting, TransferState.Offered, TransferState.AwaitingAnswer, TransferState.Transferring, TransferState.Paused,
            TransferState.Waiting, TransferState.Finishing,
        };
        var all = Enum.GetValues<TransferState>().ToDictionary(s => s, s => Staged(Inbox, s));

        Assert.Empty(Sweep(DateTimeOffset.UtcNow));

        Assert.Equal(running.Select(s => all[s]).Order(StringComparer.Ordinal), Directory.GetDirectories(Path.Combine(Inbox, ".openshare-partial")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Where_files_arrived_before_is_swept_as_well()
    {
        var (earlier, now) = (Staged(_folder["earlier"], TransferState.Failed), Staged(Inbox, TransferState.Failed));

        Assert.Empty(Sweep(DateTimeOffset.UtcNow));

        Assert.False(Directory.Exists(earlier));
        Assert.False(Directory.Exists(now));
        Assert.Empty(Directory.GetFileSystemEntries(Inbox));
    }

    // Another agent of this user may save to the same directory, and be down.
    [Fact]
    public void What_no_row_knows_goes_once_nothing_in_it_has_changed_for_a_week()
    {
        var unknown = Staged(Inbox, state: null);

        Sweep(DateTimeOffset.UtcNow + StagingSweep.Grace - TimeSpan.FromMinutes(5));
        Assert.True(Directory.Exists(unknown));

        Sweep(DateTimeOffset.UtcNow + StagingSweep.Grace + TimeSpan.FromMinutes(5));
        Assert.False(Directory.Exists(Path.Combine(Inbox, ".openshare-partial")));
    }

    [Fact]
    public void Nothing_is_made_where_nothing_is()
    {
        Assert.Empty(Sweep(DateTimeOffset.UtcNow));

        Assert.False(Directory.Exists(Inbox));
    }

    [Fact]
    public void A_place_that_cannot_be_looked_at_is_said_and_the_others_are_swept()
    {
        var over = Staged(_folder["earlier"], TransferState.Failed);
        Directory.CreateDirectory(Inbox);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "loop"), Path.Combine(_folder.Path, "loop"));

        StagingSweep.Run(_disk, _database.Transfers, [Path.Combine(_folder.Path, "loop")], DateTimeOffset.UtcNow);

        Assert.False(Directory.Exists(over));
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    private IReadOnlyList<string> Sweep(DateTimeOffset now) => StagingSweep.Run(_disk, _database.Transfers, [Inbox], now);

    /// <param name="state">of its row; null: it has none</param>
    private string Staged(string directory, TransferState? state)
    {
        var transfer = TransferId.Parse($"{++_transfers:x32}");
        if (state is { } known)
        {
            _database.Transfers.Add(new TransferRecord(
                new TransferKey(TransferDirection.Receiving, Sender, transfer), known, Problem: null, Manifest: null, [], directory,
                DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "", "", 0, 0, 0, 0, 0, TimeSpan.Zero));
        }
        var destination = _disk.OpenDestination(directory, Sender, transfer).Value!;
        destination.Prepare([new DestinationEntry(0, "t/a", Protocol.Wire.EntryKind.EntryFile, 5, 0, 0, "")]);
        destination.Dispose();
        return Path.Combine(directory, ".openshare-partial", $"{Sender}-{transfer}");
    }
}
