using OpenShare.Device.Storage.Disk;

namespace OpenShare.Simulation.Disk;

/// <summary>A simulated disk as the production code wants a machine's files. Answers as Linux does.</summary>
internal sealed class SimulatedFileSystem(DiskMount mount) : FileSystem
{
    internal const uint User = 1000;
    private const uint UsualDirectory = 0x1ED; // 0755

    internal override FileStat? Stat(string path)
    {
        using var scope = mount.Look();
        return mount.Tree.Find(path, followLast: false) is { } node ? Stat(node) : null;
    }

    internal override OpenedFile OpenToRead(string path)
    {
        using var scope = mount.Look();
        var node = Existing(path, followLast: false);
        if (node is LinkNode)
            throw DiskFault.Of(Errno.Loop, path);
        DiskTree.Need(node, DiskTree.Read, path);
        return node is FileNode file ? new SimulatedFile(mount.Opened(), file) : throw DiskFault.Of(Errno.IsDirectory, path);
    }

    internal override IReadOnlyList<string> Names(string directory)
    {
        using var scope = mount.Read(directory, 0);
        return mount.Disk.Names(Existing(directory, followLast: true), directory);
    }

    internal override string ReadLink(string path)
    {
        using var scope = mount.Look();
        return mount.Tree.Find(path, followLast: false) is LinkNode link ? link.Target : "";
    }

    internal override string FollowLinks(string path)
    {
        using var scope = mount.Look();
        try
        {
            return mount.Tree.Find(path, followLast: false) is LinkNode ? mount.Tree.Find(path, followLast: true)?.Path ?? path : path;
        }
        catch (DiskFault)
        {
            return path;
        }
    }

    protected override Folder Open(string path)
    {
        using var scope = mount.Look();
        var node = Existing(path, followLast: true);
        DiskTree.Need(node, DiskTree.Read, path);
        return node is DirectoryNode directory ? new SimulatedFolder(mount.Opened(), directory, path) : throw DiskFault.Of(Errno.NotDirectory, path);
    }

    internal static FileStat Stat(Node node) => new(
        node switch { FileNode => FileKind.File, DirectoryNode => FileKind.Directory, _ => FileKind.Symlink },
        node is FileNode file ? file.Content.Length : 0,
        node.Attributes.Mode,
        node.Attributes.MtimeNs,
        node.Attributes.CtimeNs,
        node.BirthNs,
        node.Inode,
        Device: 1,
        User);

    protected override void MakeDirectory(string path)
    {
        using var scope = mount.Change(path);
        var parent = System.IO.Path.GetDirectoryName(path)!;
        mount.Tree.MakeDirectory((DirectoryNode)Existing(parent, followLast: true), System.IO.Path.GetFileName(path), UsualDirectory);
        mount.Disk.Tell(DiskChangeKind.Made, path);
    }

    private Node Existing(string path, bool followLast) => mount.Tree.Find(path, followLast) ?? throw DiskFault.Of(Errno.NoEntry, path);
}
