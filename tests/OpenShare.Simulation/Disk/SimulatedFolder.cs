using OpenShare.Device.Storage.Disk;

namespace OpenShare.Simulation.Disk;

/// <summary>A directory of a simulated disk, held open: what is done in it is done there, whatever its name is meanwhile.</summary>
internal sealed class SimulatedFolder(DiskMount mount, DirectoryNode directory, string fullPath) : Folder
{
    private const uint OwnerFile = 0x180; // 0600
    private const uint OwnerDirectory = 0x1C0; // 0700

    private DirectoryNode Directory { get; } = directory;

    internal override string FullPath { get; } = fullPath;

    internal override string FileSystem => "1";

    internal override long AvailableBytes
    {
        get
        {
            using var scope = mount.Look();
            return Math.Max(0, mount.Tree.Capacity - mount.Tree.Used);
        }
    }

    internal override FileKey Key => SimulatedFileSystem.Stat(Directory).Key;

    internal override FileStat? Stat(string path)
    {
        using var scope = mount.Look();
        return TryFind(path) is { } node ? SimulatedFileSystem.Stat(node) : null;
    }

    internal override Folder OpenPrivate(string name)
    {
        MakeDirectory(name);
        var opened = OpenedDirectory(name);
        if ((opened.Attributes.Mode & 0x3F) != 0)
        {
            using var scope = mount.Change(name);
            SetMode(opened, OwnerDirectory);
        }
        return new SimulatedFolder(mount, opened, System.IO.Path.Combine(FullPath, name));
    }

    internal override bool IsOwn(FileStat stat) => stat.Owner == SimulatedFileSystem.User;

    internal override IReadOnlyList<string> Names(string path)
    {
        using var scope = mount.Read(path, 0);
        return mount.Disk.Names(DiskTree.Directory(Directory, path), path);
    }

    internal override bool MakeDirectory(string path)
    {
        using var scope = mount.Change(path);
        var (parent, name) = DiskTree.Beneath(Directory, path);
        switch (parent.Find(name))
        {
            case DirectoryNode:
                return false;
            case LinkNode:
                throw DiskFault.Of(Errno.Loop, path);
            case FileNode:
                throw DiskFault.Of(Errno.Exists, path);
        }
        mount.Disk.Tell(DiskChangeKind.Made, mount.Tree.MakeDirectory(parent, name, OwnerDirectory).Path);
        return true;
    }

    internal override OpenedFile? CreateFile(string path)
    {
        using var scope = mount.Change(path);
        var (parent, name) = DiskTree.Beneath(Directory, path);
        if (parent.Find(name) is not null)
            return null;
        var file = mount.Tree.Make(parent, name, (inode, at) => new FileNode(inode, at), OwnerFile);
        mount.Disk.Tell(DiskChangeKind.Made, file.Path);
        return new SimulatedFile(mount, file);
    }

    internal override OpenedFile OpenFile(string path) => new SimulatedFile(mount, Opened(path));

    internal override OpenedFile OpenToRead(string path)
    {
        var found = Found(path) as FileNode ?? throw DiskFault.Of(Errno.Exists, path);
        DiskTree.Need(found, DiskTree.Read, path);
        return new SimulatedFile(mount, found);
    }

    internal override void MakeLink(string path, string target)
    {
        using var scope = mount.Change(path);
        var (parent, name) = DiskTree.Beneath(Directory, path);
        if (parent.Find(name) is not null)
            throw DiskFault.Of(Errno.Exists, path);
        mount.Disk.Tell(DiskChangeKind.Made, mount.Tree.Make(parent, name, (inode, at) => new LinkNode(inode, at, target), 0x1FF).Path);
    }

    internal override string ReadLink(string path)
    {
        using var scope = mount.Look();
        return Find(path) is LinkNode link ? link.Target : throw DiskFault.Of(Errno.Invalid, path);
    }

    internal override void MakeAccessible(string path)
    {
        using var scope = mount.Change(path);
        if (Find(path) is DirectoryNode found && (found.Attributes.Mode & OwnerDirectory) != OwnerDirectory)
            SetMode(found, OwnerDirectory);
    }

    internal override void SetFinal(string path, FileKind kind, uint mode, long mtimeNs, bool sync)
    {
        var node = kind switch
        {
            FileKind.Directory => OpenedDirectory(path),
            FileKind.File => Opened(path),
            _ => Found(path),
        };
        using (mount.Change(path))
        {
            node.Attributes = new Attributes(kind is FileKind.Symlink ? node.Attributes.Mode : mode, mtimeNs, mount.Tree.Now());
            mount.Disk.Tell(DiskChangeKind.Finished, node.Path);
        }
        if (sync && kind is not FileKind.Symlink)
            SyncNode(node, path);
    }

    internal override void Remove(string path)
    {
        using var scope = mount.Change(path);
        if (TryFind(path) is not { } node)
            return;
        var full = node.Path;
        mount.Tree.Remove(node);
        mount.Disk.Tell(DiskChangeKind.Removed, full);
    }

    internal override void RemoveTree(string path)
    {
        if (Stat(path) is { Kind: FileKind.Directory })
        {
            MakeAccessible(path);
            foreach (var name in Names(path))
                RemoveTree($"{path}/{name}");
        }
        Remove(path);
    }

    internal override bool TryMove(string path, Folder to, string newPath)
    {
        using var scope = mount.Change(newPath);
        var (target, newName) = DiskTree.Beneath(((SimulatedFolder)to).Directory, newPath);
        var node = Find(path);
        if (target.Find(newName) is not null)
            return false;
        Move(node, target, newName);
        return true;
    }

    internal override void Replace(string path, Folder to, string newPath)
    {
        using var scope = mount.Change(newPath);
        var (target, newName) = DiskTree.Beneath(((SimulatedFolder)to).Directory, newPath);
        if (target.Find(newName) is DirectoryNode)
            throw DiskFault.Of(Errno.IsDirectory, newPath);
        Move(Find(path), target, newName);
    }

    private void Move(Node node, DirectoryNode target, string newName)
    {
        var from = node.Path;
        mount.Tree.Move(node, target, newName);
        mount.Disk.Tell(DiskChangeKind.Renamed, node.Path, from);
    }

    internal override void Sync(string path)
    {
        Node node = Directory;
        if (path.Length > 0)
        {
            node = Found(path);
            if (node is LinkNode)
                throw DiskFault.Of(Errno.Loop, path);
            DiskTree.Need(node, DiskTree.Read, path);
        }
        SyncNode(node, path);
    }

    internal override bool CanSyncAll => mount.Disk.SyncsAll;

    internal override void SyncAll()
    {
        using var scope = mount.Sync(FullPath);
        mount.Disk.SpendSync();
        mount.Tree.SyncAll();
    }

    public override void Dispose()
    {
        // Nothing is held: a process that is gone has closed its directories too.
    }

    private void SyncNode(Node node, string path)
    {
        using var scope = mount.Sync(path);
        mount.Disk.SpendSync();
        node.Sync();
        if (node is DirectoryNode synced)
            mount.Tree.Journal.Sync(synced);
    }

    private FileNode Opened(string path)
    {
        const uint rights = DiskTree.Read | DiskTree.Write;
        var file = Found(path) switch
        {
            FileNode found => found,
            LinkNode => throw DiskFault.Of(Errno.Loop, path),
            _ => throw DiskFault.Of(Errno.IsDirectory, path),
        };
        if ((file.Attributes.Mode & rights) == rights)
            return file;
        using var scope = mount.Change(path);
        SetMode(file, OwnerFile);
        return file;
    }

    private DirectoryNode OpenedDirectory(string path)
    {
        using var scope = mount.Look();
        var found = DiskTree.Directory(Directory, path);
        DiskTree.Need(found, DiskTree.Read, path);
        return found;
    }

    private void SetMode(Node node, uint mode) => node.Attributes = node.Attributes with { Mode = mode, CtimeNs = mount.Tree.Now() };

    private Node Found(string path)
    {
        using var scope = mount.Look();
        return Find(path);
    }

    private Node Find(string path)
    {
        var (parent, name) = DiskTree.Beneath(Directory, path);
        return parent.Find(name) ?? throw DiskFault.Of(Errno.NoEntry, path);
    }

    private Node? TryFind(string path)
    {
        try
        {
            return Find(path);
        }
        catch (DiskFault fault) when (fault.Problem is DiskProblem.Missing)
        {
            return null;
        }
    }
}
