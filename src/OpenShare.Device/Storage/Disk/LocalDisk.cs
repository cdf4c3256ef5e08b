using OpenShare.Device.Storage.Disk.Receiving;
using OpenShare.Device.Storage.Disk.Sending;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Storage.Disk;

/// <summary>A machine's file system: this one's, unless a simulated one is given.</summary>
public sealed class LocalDisk : IDisk
{
    private readonly FileSystem _files;

    public LocalDisk() : this(FileSystem.Local) { }

    internal LocalDisk(FileSystem files) => _files = files;

    public bool Exists(string path) => !path.Contains('\0', StringComparison.Ordinal) && _files.TryStat(path) is not null;

    public FileMark? Mark(string path) =>
        _files.TryStat(path) is { Kind: FileKind.File, Inode: not 0 } stat ? new FileMark(stat.Key, stat.Size) : null;

    // A link on the way may lead to any file; but only the one that was marked is read.
    public DiskResult ReadMarked(string path, FileKey expected, long offset, Memory<byte> into) => DiskFault.Guard(path, () =>
    {
        using var file = _files.OpenToRead(path);
        if (file.Stat() is not { Kind: FileKind.File } stat || stat.Key != expected)
            throw new DiskFault(DiskProblem.Missing, $"{path}: it is another file now");
        if (!file.Fill(into.Span, offset))
            throw new DiskFault(DiskProblem.Changed, $"{path}: it is shorter now");
    });

    public ISource OpenSource(IReadOnlyList<string> paths) => new SourceTree(_files, paths);

    public DiskResult<IDestination> OpenDestination(string directory, DeviceId sender, TransferId transfer, FileKey? begunIn = null)
    {
        var opened = DiskFault.Guard<IDestination>(directory, () => StagedDestination.Open(_files, directory, sender, transfer, begunIn));
        return begunIn is null || opened.Problem is DiskProblem.None or DiskProblem.Full or DiskProblem.ReadOnly
            ? opened
            : new DiskResult<IDestination>(new DiskResult(DiskProblem.Away, $"{opened.Detail}; is the disk mounted that has what arrived before? If it is gone for good, cancel this and have it sent again."));
    }

    public DiskResult<IReadOnlyList<StagingPlace>> FindStaged(string directory) =>
        DiskFault.Guard<IReadOnlyList<StagingPlace>>(directory, () => Leftovers.Find(_files, directory));

    public DiskResult Discard(string directory, DeviceId sender, TransferId transfer) =>
        DiskFault.Guard(directory, () => Leftovers.Remove(_files, directory, sender, transfer));
}
