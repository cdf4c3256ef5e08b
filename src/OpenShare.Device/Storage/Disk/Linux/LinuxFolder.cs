using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OpenShare.Device.Storage.Disk.Linux;

/// <summary>A directory held by its descriptor: what is done in it is done there, whatever its path leads to meanwhile.</summary>
internal sealed class LinuxFolder : Folder
{
    private const uint OwnerFile = 0x180; // 0600
    private const uint OwnerDirectory = 0x1C0; // 0700

    private readonly SafeFileHandle _handle;
    private readonly HandleCache<SafeFileHandle>? _parents;

    private LinuxFolder(SafeFileHandle handle, string fullPath, bool isOwn = false)
    {
        _handle = handle;
        // What the user moves about in his own folders is looked for each time; in our own we know what we do.
        _parents = isOwn ? Beneath.Parents(handle) : null;
        FullPath = fullPath;
        CanSyncAll = SyncOfAll.IsSure(handle);
    }

    internal override string FullPath { get; }

    internal override long AvailableBytes => new DriveInfo(FullPath).AvailableFreeSpace;

    internal override string FileSystem => $"{LinuxFiles.Stat(_handle).Device:x}";

    internal override FileKey Key => LinuxFiles.Stat(_handle).Key;

    internal static LinuxFolder Open(string path)
    {
        var fd = Libc.Open(path, LinuxFlags.ReadOnly | LinuxFlags.Directory | LinuxFlags.CloseOnExec, 0);
        return fd >= 0 ? new LinuxFolder(new SafeFileHandle(fd, ownsHandle: true), path) : throw LinuxFiles.Fault(path);
    }

    internal override FileStat? Stat(string path)
    {
        using var at = Beneath.TryParent(_handle, _parents, path);
        return at is null ? null : LinuxFiles.Stat(at.In, at.Name);
    }

    internal override void Forget() => _parents?.Forget();

    internal override Folder OpenPrivate(string name)
    {
        if (Libc.MkdirAt(_handle, name, OwnerDirectory) != 0 && Marshal.GetLastPInvokeError() != Errno.Exists)
            throw Fault(name);
        var folder = new LinuxFolder(Beneath.Directory(_handle, name), Path.Combine(FullPath, name), isOwn: true);
        var stat = LinuxFiles.Stat(folder._handle);
        if (IsOwn(stat))
        {
            if ((stat.Mode & 0x3F) != 0)
                Check(Libc.Fchmod(folder._handle, OwnerDirectory), name);
            return folder;
        }

        folder.Dispose();
        throw new DiskFault(DiskProblem.Denied, $"{Path.Combine(FullPath, name)} belongs to another user");
    }

    internal override bool IsOwn(FileStat stat) => stat.Owner == Libc.Geteuid();

    internal override IReadOnlyList<string> Names(string path)
    {
        using var directory = path.Length == 0 ? null : Beneath.Directory(_handle, path);
        var listed = directory ?? _handle;
        // Through the descriptor, so that a directory put in its place meanwhile is not the one listed.
        return [.. Directory.EnumerateFileSystemEntries($"/proc/self/fd/{listed.DangerousGetHandle()}").Select(p => Path.GetFileName(p))];
    }

    internal override bool MakeDirectory(string path)
    {
        using var at = Beneath.Parent(_handle, _parents, path);
        if (Libc.MkdirAt(at.In, at.Name, OwnerDirectory) == 0)
            return true;
        if (Marshal.GetLastPInvokeError() != Errno.Exists)
            throw Fault(path);
        return LinuxFiles.Stat(at.In, at.Name)?.Kind switch
        {
            FileKind.Directory => false,
            FileKind.Symlink => throw DiskFault.Of(Errno.Loop, path),
            _ => throw DiskFault.Of(Errno.Exists, path),
        };
    }

    internal override OpenedFile? CreateFile(string path)
    {
        using var at = Beneath.Parent(_handle, _parents, path);
        var fd = Libc.OpenAt(
            at.In, at.Name, LinuxFlags.ReadWrite | LinuxFlags.Create | LinuxFlags.Exclusive | LinuxFlags.NoFollow | LinuxFlags.CloseOnExec, OwnerFile);
        if (fd >= 0)
            return new LinuxFile(new SafeFileHandle(fd, ownsHandle: true), path);
        return Marshal.GetLastPInvokeError() == Errno.Exists ? null : throw Fault(path);
    }

    internal override OpenedFile OpenFile(string path) => new LinuxFile(OpenHandle(path), path);

    private SafeFileHandle OpenHandle(string path)
    {
        using var at = Beneath.Parent(_handle, _parents, path);
        const int flags = LinuxFlags.ReadWrite | LinuxFlags.CloseOnExec;
        var fd = Libc.OpenAt(at.In, at.Name, flags | LinuxFlags.NoFollow, 0);
        if (fd < 0 && Marshal.GetLastPInvokeError() == Errno.AccessDenied)
        {
            // Its final mode was set before a crash and keeps its owner out.
            ChangeMode(at, path, OwnerFile, FileKind.File);
            fd = Libc.OpenAt(at.In, at.Name, flags | LinuxFlags.NoFollow, 0);
        }

        if (fd < 0)
            throw Fault(path);
        var handle = new SafeFileHandle(fd, ownsHandle: true);
        if (LinuxFiles.Stat(handle).Kind is FileKind.File)
            return handle;
        handle.Dispose();
        throw DiskFault.Of(Errno.Exists, path);
    }

    internal override OpenedFile OpenToRead(string path)
    {
        var handle = Beneath.ToSync(_handle, path);
        if (LinuxFiles.Stat(handle).Kind is FileKind.File)
            return new LinuxFile(handle, path);
        handle.Dispose();
        throw DiskFault.Of(Errno.Exists, path);
    }

    internal override void MakeLink(string path, string target)
    {
        using var at = Beneath.Parent(_handle, _parents, path);
        Check(Libc.SymlinkAt(target, at.In, at.Name), path);
    }

    internal override string ReadLink(string path)
    {
        using var at = Beneath.Parent(_handle, _parents, path);
        Span<byte> target = stackalloc byte[4096];
        var length = Libc.ReadLinkAt(at.In, at.Name, target, target.Length);
        return length >= 0 ? Encoding.UTF8.GetString(target[..(int)length]) : throw Fault(path);
    }

    internal override void MakeAccessible(string path)
    {
        using var at = Beneath.Parent(_handle, _parents, path);
        if (LinuxFiles.Stat(at.In, at.Name) is { Kind: FileKind.Directory } stat && (stat.Mode & OwnerDirectory) != OwnerDirectory)
            ChangeMode(at, path, OwnerDirectory, FileKind.Directory);
    }

    internal override void SetFinal(string path, FileKind kind, uint mode, long mtimeNs, bool sync)
    {
        using var at = Beneath.Parent(_handle, _parents, path);
        var times = new TwoTimes(mtimeNs);
        if (kind is FileKind.Symlink)
        {
            Check(Libc.UtimensAt(at.In, at.Name, times, LinuxFlags.SymlinkNoFollow), path);
            return;
        }

        using var handle = kind is FileKind.Directory ? Beneath.Directory(_handle, path) : OpenHandle(path);
        Check(Libc.Futimens(handle, times), path);
        Check(Libc.Fchmod(handle, mode), path);
        if (sync)
            CheckSync(Libc.Fsync(handle), path);
    }

    internal override void Remove(string path)
    {
        using var at = Beneath.TryParent(_handle, _parents, path);
        if (at is null || LinuxFiles.Stat(at.In, at.Name) is not { } stat)
            return;
        if (stat.Kind is FileKind.Directory)
            Forget();
        Check(Libc.UnlinkAt(at.In, at.Name, stat.Kind is FileKind.Directory ? LinuxFlags.RemoveDirectory : 0), path);
    }

    internal override void RemoveTree(string path)
    {
        Forget();
        if (Stat(path) is { Kind: FileKind.Directory })
        {
            MakeAccessible(path);
            using var inside = new LinuxFolder(Beneath.Directory(_handle, path), Path.Combine(FullPath, path));
            foreach (var name in inside.Names(""))
                inside.RemoveTree(name);
        }

        Remove(path);
    }

    internal override bool TryMove(string path, Folder to, string newPath)
    {
        var target = (LinuxFolder)to;
        // What goes on under the old name is not to reach what is under the new one, nor the other way round.
        Forget();
        target.Forget();
        using var from = Beneath.Parent(_handle, _parents, path);
        using var at = Beneath.Parent(target._handle, target._parents, newPath);
        if (Libc.RenameAt2(LinuxFlags.SysRenameAt2, from.In, from.Name, at.In, at.Name, LinuxFlags.RenameNoReplace) == 0)
            return true;
        return Marshal.GetLastPInvokeError() switch
        {
            Errno.Exists => false,
            Errno.Invalid or Errno.NotImplemented => TryMoveWithoutFlag(from, at, newPath),
            _ => throw Fault(newPath),
        };
    }

    internal override void Replace(string path, Folder to, string newPath)
    {
        var target = (LinuxFolder)to;
        using var from = Beneath.Parent(_handle, _parents, path);
        using var at = Beneath.Parent(target._handle, target._parents, newPath);
        Check(Libc.RenameAt(from.In, from.Name, at.In, at.Name), newPath);
    }

    internal override void Sync(string path)
    {
        using var opened = path.Length == 0 ? null : Beneath.ToSync(_handle, path);
        CheckSync(Libc.Fsync(opened ?? _handle), path.Length == 0 ? FullPath : path);
    }

    internal override bool CanSyncAll { get; }

    internal override void SyncAll() => CheckSync(Libc.Syncfs(_handle), FullPath);

    public override void Dispose()
    {
        _parents?.Dispose();
        _handle.Dispose();
    }

    // For file systems that do not know the flag (NFS, some FUSE ones): a second link fails where the name is
    // taken, and a directory can take the place of an empty one only, which is made first and fails where the name is taken.
    private static bool TryMoveWithoutFlag(Beneath from, Beneath to, string newPath)
    {
        var isDirectory = LinuxFiles.Stat(from.In, from.Name)?.Kind is FileKind.Directory;
        var reserved = isDirectory ? Libc.MkdirAt(to.In, to.Name, OwnerDirectory) : Libc.LinkAt(from.In, from.Name, to.In, to.Name, 0);
        if (reserved != 0)
            return Marshal.GetLastPInvokeError() == Errno.Exists ? false : throw Fault(newPath);
        if (!isDirectory)
        {
            Check(Libc.UnlinkAt(from.In, from.Name, 0), newPath);
            return true;
        }

        if (Libc.RenameAt(from.In, from.Name, to.In, to.Name) == 0)
            return true;
        return Marshal.GetLastPInvokeError() is Errno.NotEmpty or Errno.Exists ? false : throw Fault(newPath);
    }

    // chmod through the descriptor's entry in /proc acts on the very file that was opened, even where opening it to read is refused.
    private static void ChangeMode(Beneath at, string path, uint mode, FileKind expected)
    {
        var fd = Libc.OpenAt(at.In, at.Name, LinuxFlags.PathOnly | LinuxFlags.NoFollow | LinuxFlags.CloseOnExec, 0);
        if (fd < 0)
            throw LinuxFiles.Fault(path);
        using var handle = new SafeFileHandle(fd, ownsHandle: true);
        if (LinuxFiles.Stat(handle).Kind != expected)
            throw DiskFault.Of(Errno.Exists, path);
        Check(Libc.Chmod($"/proc/self/fd/{fd}", mode), path);
    }

    private static void Check(int result, string path)
    {
        if (result != 0)
            throw LinuxFiles.Fault(path);
    }

    private static void CheckSync(int result, string path)
    {
        if (result != 0)
            throw DiskFault.OfSync(Marshal.GetLastPInvokeError(), path);
    }

    private static DiskFault Fault(string path) => LinuxFiles.Fault(path);
}
