using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Storage.Disk.Receiving;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Storage.Disk;

/// <summary>An inbox on this machine's own disk, in which one transfer arrives.</summary>
public abstract class DestinationSpecs : IDisposable
{
    private protected static readonly DeviceId Sender = DeviceId.FromBytes(new SeededRandom(1).Bytes(16));
    private protected static readonly TransferId Transfer = TransferId.New(new SeededRandom(2));

    private readonly TemporaryFolder _folder = new();
    private IDestination? _destination;

    private protected string Inbox => _folder["inbox"];

    private protected string Staging => Path.Combine(Inbox, StagingName.Partial, $"{Sender}-{Transfer}");

    private protected string Outside => Directory.CreateDirectory(_folder["outside"]).FullName;

    private protected IDestination Destination => _destination ??= Opened().Value!;

    /// <summary>What stands in the inbox by name, the staging place left out.</summary>
    private protected IEnumerable<string> Arrived =>
        Directory.GetFileSystemEntries(Inbox).Select(p => Path.GetFileName(p)).Where(n => n != StagingName.Partial).Order(StringComparer.Ordinal);

    public void Dispose()
    {
        _destination?.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected DiskResult<IDestination> Opened() => new LocalDisk().OpenDestination(Inbox, Sender, Transfer);

    /// <summary>As a process does that starts after another was killed.</summary>
    private protected void Restart()
    {
        _destination?.Dispose();
        _destination = null;
    }

    private protected static DestinationEntry File(uint no, string path, long size = 5, uint mode = 0x1A4, long mtimeNs = 0) =>
        new(no, path, EntryKind.EntryFile, size, mode, mtimeNs, "");

    private protected static DestinationEntry Folder(uint no, string path, uint mode = 0x1ED, long mtimeNs = 0) =>
        new(no, path, EntryKind.EntryDirectory, 0, mode, mtimeNs, "");

    private protected static DestinationEntry Link(uint no, string path, string target, long mtimeNs = 0) =>
        new(no, path, EntryKind.EntrySymlink, 0, 0, mtimeNs, target);

    private protected void Fill(DestinationEntry file, string text = "12345") =>
        Assert.Equal(DiskResult.Done, Destination.Write(file, 0, [System.Text.Encoding.UTF8.GetBytes(text)]));

    /// <summary>Prepares all and fills the files with "12345".</summary>
    private protected void Receive(params DestinationEntry[] entries)
    {
        var report = Destination.Prepare(entries);
        Assert.Equal(DiskResult.Done, report.Result);
        Assert.Empty(report.Refused);
        foreach (var file in entries.Where(e => e.Kind is EntryKind.EntryFile))
            Fill(file);
    }

    private protected CompletionReport Complete(params DestinationEntry[] entries) => Destination.Complete(entries, [], (_, _) => { });

    private protected static void AssertPlaced(CompletionReport report, params string[] names)
    {
        Assert.Equal(DiskResult.Done, report.Result);
        Assert.Empty(report.Refused);
        Assert.Equal(names, report.Placed.Select(p => p.Name));
    }
}
