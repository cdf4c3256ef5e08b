using OpenShare.Device.Storage.Disk;

namespace OpenShare.Simulation.Disk;

/// <summary>The tree of names and what a file system checks when it is changed: kinds, rights of the owner, room.</summary>
internal sealed class DiskTree
{
    internal const uint Read = 0x100;
    internal const uint Write = 0x80;
    internal const uint Search = 0x40;
    private const int MostLinks = 40;

    private readonly TimeProvider _clock;
    private readonly IComparer<string> _names;
    private ulong _inodes = 1;
    private long _lastNs;

    internal DiskTree(TimeProvider clock, IComparer<string> names)
    {
        (_clock, _names) = (clock, names);
        Root = new DirectoryNode(_inodes, new Attributes(0x1ED, 0, 0), names);
    }

    internal DirectoryNode Root { get; }

    internal NameJournal Journal { get; } = new();

    internal long Capacity { get; set; } = long.MaxValue;

    /// <summary>Bytes of the files that have a name.</summary>
    internal long Used { get; private set; }

    /// <summary>Never the same twice, so that every change shows.</summary>
    internal long Now() => _lastNs = Math.Max((_clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100, _lastNs + 1);

    /// <summary>What stands in a directory beneath another, no link being followed.</summary>
    /// <exception cref="DiskFault">a directory on the way is missing, or is none</exception>
    internal static (DirectoryNode Parent, string Name) Beneath(DirectoryNode root, string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? (Searched(root, path), path) : (Searched(Directory(root, path[..slash]), path), path[(slash + 1)..]);
    }

    internal static DirectoryNode Directory(DirectoryNode root, string path)
    {
        var at = root;
        foreach (var name in path.Length == 0 ? [] : path.Split('/'))
        {
            if (name is "" or "." or "..")
                throw DiskFault.Of(Errno.CrossDevice, path);
            at = Searched(at, path).Find(name) switch
            {
                DirectoryNode directory => directory,
                LinkNode => throw DiskFault.Of(Errno.Loop, path),
                null => throw DiskFault.Of(Errno.NoEntry, path),
                _ => throw DiskFault.Of(Errno.NotDirectory, path),
            };
        }
        return at;
    }

    /// <summary>By its whole path, as a user means it: links on the way are followed.</summary>
    /// <returns>null when it is not there</returns>
    internal Node? Find(string path, bool followLast)
    {
        var followed = 0;
        return Walk(Root, path, followLast, ref followed);
    }

    internal T Make<T>(DirectoryNode parent, string name, Func<ulong, Attributes, T> make, uint mode) where T : Node
    {
        Need(parent, Write | Search, name);
        if (parent.Parent is null && parent != Root)
            throw DiskFault.Of(Errno.NoEntry, name);
        if (System.Text.Encoding.UTF8.GetByteCount(name) > 255)
            throw DiskFault.Of(Errno.NameTooLong, name);
        if (Used >= Capacity)
            throw DiskFault.Of(Errno.NoSpace, name);
        var now = Now();
        var node = make(++_inodes, new Attributes(mode, now, now));
        Journal.Do(new NameChange(parent, name, null, node));
        parent.Touch(now);
        return node;
    }

    internal DirectoryNode MakeDirectory(DirectoryNode parent, string name, uint mode) => Make(parent, name, (inode, at) => new DirectoryNode(inode, at, _names), mode);

    internal void Remove(Node node)
    {
        var parent = node.Parent!;
        Need(parent, Write | Search, node.Name);
        if (node is DirectoryNode { Entries.Count: > 0 })
            throw DiskFault.Of(Errno.NotEmpty, node.Name);
        if (node is FileNode file)
            Used -= file.Content.Length;
        Journal.Do(new NameChange(parent, node.Name, node, null));
        var now = Now();
        parent.Touch(now);
        node.Attributes = node.Attributes with { CtimeNs = now };
    }

    internal void Move(Node node, DirectoryNode to, string newName)
    {
        var from = node.Parent!;
        Need(from, Write | Search, node.Name);
        Need(to, Write | Search, newName);
        // Its ".." is to be written.
        if (node is DirectoryNode && from != to)
            Need(node, Write, node.Name);
        var replaced = to.Find(newName);
        if (replaced is FileNode file)
            Used -= file.Content.Length;
        Journal.Do(new NameChange(from, node.Name, node, null), new NameChange(to, newName, replaced, node));
        var now = Now();
        from.Touch(now);
        to.Touch(now);
        node.Attributes = node.Attributes with { CtimeNs = now };
    }

    /// <summary>Makes room up to this length, or as far as there is room.</summary>
    /// <returns>the length that may be written</returns>
    internal long Room(FileNode file, long length)
    {
        var growth = Math.Max(0, length - file.Content.Length);
        if (file.Parent is null)
            return length;
        growth = Math.Min(growth, Math.Max(0, Capacity - Used));
        Used += growth;
        return Math.Min(length, file.Content.Length + growth);
    }

    internal void LosePower(Random random)
    {
        Journal.LosePower(random);
        Used = 0;
        foreach (var node in All(Root))
        {
            node.LosePower(random);
            Used += node is FileNode file ? file.Content.Length : 0;
        }
    }

    internal void SyncAll()
    {
        Journal.SyncAll();
        foreach (var node in All(Root))
            node.Sync();
    }

    internal void Replace(FileNode file, ReadOnlySpan<byte> bytes)
    {
        Used += bytes.Length - file.Content.Length;
        file.Content.Replace(bytes);
        file.Touch(Now());
        file.Sync();
    }

    internal static IEnumerable<Node> All(Node node) =>
        node is DirectoryNode directory ? directory.Entries.SelectMany(All).Prepend(node) : [node];

    /// <exception cref="DiskFault">the owner's rights do not include these</exception>
    internal static void Need(Node node, uint rights, string path)
    {
        if ((node.Attributes.Mode & rights) != rights)
            throw DiskFault.Of(Errno.AccessDenied, path);
    }

    private static DirectoryNode Searched(DirectoryNode directory, string path)
    {
        Need(directory, Search, path);
        return directory;
    }

    private Node? Walk(DirectoryNode from, string path, bool followLast, ref int followed)
    {
        Node at = path.StartsWith('/') ? Root : from;
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < names.Length; i++)
        {
            if (at is not DirectoryNode directory)
                throw DiskFault.Of(Errno.NotDirectory, path);
            if (names[i] is ".")
                continue;
            if (names[i] is "..")
            {
                at = directory.Parent ?? Root;
                continue;
            }
            if (Searched(directory, path).Find(names[i]) is not { } next)
                return null;
            if (next is LinkNode link && (followLast || i < names.Length - 1))
            {
                if (++followed > MostLinks)
                    throw DiskFault.Of(Errno.Loop, path);
                if (Walk(directory, link.Target, followLast: true, ref followed) is not { } target)
                    return null;
                next = target;
            }
            at = next;
        }
        return at;
    }
}
