using Microsoft.Win32.SafeHandles;

namespace OpenShare.Device.Storage.Disk.Portable;

/// <summary>
/// The nearest elsewhere: paths, with every component looked at for links before it is used. Between the look and
/// the use another process of the same user could still put a link there; Linux has calls that leave no such gap.
/// </summary>
internal sealed class PortableFolder(string path) : Folder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    internal override string FullPath { get; } = Path.GetFullPath(path);

    internal override long AvailableBytes => new DriveInfo(FullPath).AvailableFreeSpace;

    internal override string FileSystem => Path.GetPathRoot(FullPath) ?? "";

    internal override FileKey Key => PortableFiles.Stat(FullPath)?.Key ?? default;

    internal override FileStat? Stat(string path) => PortableFiles.Stat(At(path));

    internal override Folder OpenPrivate(string name)
    {
        var full = At(name);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(full);
        else
            Directory.CreateDirectory(full, OwnerOnly);
        return PortableFiles.Stat(full)?.Kind is FileKind.Directory ? new PortableFolder(full) : throw LinkInTheWay(name);
    }

    internal override bool IsOwn(FileStat stat) => true;

    internal override IReadOnlyList<string> Names(string path) =>
        [.. Directory.EnumerateFileSystemEntries(path.Length == 0 ? FullPath : At(path)).Select(p => Path.GetFileName(p))];

    internal override bool MakeDirectory(string path)
    {
        var full = At(path);
        switch (PortableFiles.Stat(full)?.Kind)
        {
            case FileKind.Directory:
                return false;
            case FileKind.Symlink:
                throw LinkInTheWay(path);
            case null:
                Directory.CreateDirectory(full);
                return true;
            default:
                throw DiskFault.Of(Errno.Exists, path);
        }
    }

    internal override OpenedFile? CreateFile(string path)
    {
        var full = At(path);
        try
        {
            return new PortableFile(File.OpenHandle(full, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (IOException) when (PortableFiles.Stat(full) is not null)
        {
            return null;
        }
    }

    internal override OpenedFile OpenFile(string path) => new PortableFile(OpenHandle(path));

    private SafeFileHandle OpenHandle(string path)
    {
        var full = At(path);
        if (PortableFiles.Stat(full) is { Kind: not FileKind.File } other)
            throw other.Kind is FileKind.Symlink ? LinkInTheWay(path) : DiskFault.Of(Errno.Exists, path);
        return File.OpenHandle(full, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    internal override OpenedFile OpenToRead(string path)
    {
        var full = At(path);
        return PortableFiles.Stat(full)?.Kind is FileKind.File
            ? new PortableFile(File.OpenHandle(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
            : throw DiskFault.Of(Errno.Exists, path);
    }

    internal override void MakeLink(string path, string target) => File.CreateSymbolicLink(At(path), target);

    internal override string ReadLink(string path) => new FileInfo(At(path)).LinkTarget ?? "";

    internal override void MakeAccessible(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(At(path), OwnerOnly);
    }

    internal override void SetFinal(string path, FileKind kind, uint mode, long mtimeNs, bool sync)
    {
        if (kind is FileKind.Symlink)
            return;
        var full = At(path);
        if (PortableFiles.Stat(full)?.Kind != kind)
            throw LinkInTheWay(path);
        var time = PortableFiles.Time(mtimeNs);
        if (kind is FileKind.Directory)
            Directory.SetLastWriteTimeUtc(full, time);
        else
            File.SetLastWriteTimeUtc(full, time);
        if (sync)
            Sync(path);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(full, (UnixFileMode)mode);
    }

    internal override void Remove(string path)
    {
        var full = At(path);
        if (PortableFiles.Stat(full) is not { } stat)
            return;
        if (stat.Kind is FileKind.Directory)
            Directory.Delete(full);
        else
            File.Delete(full);
    }

    internal override void RemoveTree(string path)
    {
        var full = At(path);
        // Links inside are removed, not followed.
        if (PortableFiles.Stat(full)?.Kind is FileKind.Directory)
            Directory.Delete(full, recursive: true);
        else
            Remove(path);
    }

    internal override void Replace(string path, Folder to, string newPath) => File.Move(At(path), ((PortableFolder)to).At(newPath), overwrite: true);

    internal override bool TryMove(string path, Folder to, string newPath)
    {
        var (from, target) = (At(path), ((PortableFolder)to).At(newPath));
        if (PortableFiles.Stat(target) is not null)
            return false;
        try
        {
            if (Directory.Exists(from))
                Directory.Move(from, target);
            else
                File.Move(from, target, overwrite: false);
            return true;
        }
        catch (IOException) when (PortableFiles.Stat(target) is not null && PortableFiles.Stat(from) is not null)
        {
            return false;
        }
    }

    internal override void Sync(string path)
    {
        // Windows has no sync of a directory, and its file system logs renames in order.
        if (path.Length == 0 || Stat(path)?.Kind is not FileKind.File)
            return;
        using var file = OpenHandle(path);
        try
        {
            RandomAccess.FlushToDisk(file);
        }
        catch (IOException error)
        {
            throw DiskFault.OfSync(error, path);
        }
    }

    internal override void SyncStanding(string path)
    {
        try
        {
            Sync(path);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            // Windows syncs through a handle that may write alone: what is read-only, or open elsewhere, is left to whoever wrote it.
        }
    }

    internal override bool CanSyncAll => false;

    internal override void SyncAll() => throw new NotSupportedException();

    public override void Dispose() { }

    private string At(string relative)
    {
        for (var slash = relative.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = relative.IndexOf('/', slash + 1))
        {
            if (PortableFiles.Stat(Path.Combine(FullPath, relative[..slash])) is { Kind: FileKind.Symlink })
                throw LinkInTheWay(relative[..slash]);
        }

        return Path.Combine(FullPath, relative.Replace('/', Path.DirectorySeparatorChar));
    }

    private static DiskFault LinkInTheWay(string path) => DiskFault.Of(Errno.Loop, path);
}
