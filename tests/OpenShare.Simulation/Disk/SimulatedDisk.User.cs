namespace OpenShare.Simulation.Disk;

/// <summary>What the machine's user does and sees, with no process in between. What he does is on the medium at once, but for what says otherwise.</summary>
public sealed partial class SimulatedDisk
{
    private const uint UsualFile = 0x1A4; // 0644
    private const uint UsualDirectory = 0x1ED; // 0755

    /// <summary>Makes the file, and the directories it is in, or gives it other bytes.</summary>
    /// <param name="path">from the root, with a leading '/'</param>
    public void Write(string path, ReadOnlySpan<byte> bytes, uint mode = UsualFile)
    {
        using var scope = Gate.EnterScope();
        var file = (FileNode)(Tree.Find(path, followLast: true) ?? Make(path, (inode, at) => new FileNode(inode, at), mode));
        Tree.Replace(file, bytes);
    }

    /// <summary>A new file, by a program of his that syncs neither it nor the directories it makes for it.</summary>
    public void WriteUnsynced(string path, ReadOnlySpan<byte> bytes)
    {
        using var scope = Gate.EnterScope();
        var parent = UnsyncedDirectory(System.IO.Path.GetDirectoryName(path)!);
        var file = Tree.Make(parent, System.IO.Path.GetFileName(path), (inode, at) => new FileNode(inode, at), UsualFile);
        file.Content.Write(bytes[..(int)Tree.Room(file, bytes.Length)], 0);
        file.Touch(Tree.Now());
    }

    /// <summary>With all directories above it. There already: no harm.</summary>
    public void MakeDirectory(string path)
    {
        using var scope = Gate.EnterScope();
        Directory(path);
    }

    public void MakeLink(string path, string target)
    {
        using var scope = Gate.EnterScope();
        Make(path, (inode, at) => new LinkNode(inode, at, target), 0x1FF);
    }

    public void SetMode(string path, uint mode)
    {
        using var scope = Gate.EnterScope();
        var node = Existing(path);
        node.Attributes = node.Attributes with { Mode = mode, CtimeNs = Tree.Now() };
        node.Sync();
    }

    /// <summary>With all that is in it.</summary>
    public void Remove(string path)
    {
        using var scope = Gate.EnterScope();
        foreach (var node in DiskTree.All(Existing(path)).Reverse().ToList())
        {
            var parent = node.Parent!;
            parent.Attributes = parent.Attributes with { Mode = parent.Attributes.Mode | DiskTree.Write | DiskTree.Search };
            Tree.Remove(node);
            Tree.Journal.Sync(parent);
        }
    }

    /// <summary>To a name that is free.</summary>
    public void Rename(string path, string newPath)
    {
        using var scope = Gate.EnterScope();
        var parent = Directory(System.IO.Path.GetDirectoryName(newPath)!);
        Tree.Move(Existing(path), parent, System.IO.Path.GetFileName(newPath));
        Tree.Journal.Sync(parent);
    }

    public bool Exists(string path)
    {
        using var scope = Gate.EnterScope();
        return Tree.Find(path, followLast: false) is not null;
    }

    public byte[] ReadAllBytes(string path)
    {
        using var scope = Gate.EnterScope();
        return ((FileNode)Existing(path)).Content.Bytes.ToArray();
    }

    /// <summary>What stands under just this path; its own is empty. Null: nothing.</summary>
    public DiskEntry? Find(string path)
    {
        using var scope = Gate.EnterScope();
        return Tree.Find(path, followLast: false) is { } node ? Entry(node, "") : null;
    }

    /// <summary>All that is beneath a directory, in the order of names; nothing where it is not there.</summary>
    public IReadOnlyList<DiskEntry> Snapshot(string directory)
    {
        using var scope = Gate.EnterScope();
        if (Tree.Find(directory, followLast: true) is not { } top)
            return [];
        var cut = top.Path.Length + 1;
        return [.. DiskTree.All(top).Skip(1).Select(n => Entry(n, n.Path[cut..]))];
    }

    private static DiskEntry Entry(Node node, string path) => new(
        path, (node as FileNode)?.Content.Bytes.ToArray(), (node as LinkNode)?.Target, node.Attributes.Mode, node.Attributes.MtimeNs);

    private Node Existing(string path) => Tree.Find(path, followLast: false) ?? throw new FileNotFoundException($"{path} is not on the simulated disk.");

    private T Make<T>(string path, Func<ulong, Attributes, T> make, uint mode) where T : Node
    {
        var parent = Directory(System.IO.Path.GetDirectoryName(path)!);
        var node = Tree.Make(parent, System.IO.Path.GetFileName(path), make, mode);
        Tree.Journal.Sync(parent);
        return node;
    }

    private DirectoryNode UnsyncedDirectory(string path) => (DirectoryNode?)Tree.Find(path, followLast: true)
        ?? Tree.MakeDirectory(UnsyncedDirectory(System.IO.Path.GetDirectoryName(path)!), System.IO.Path.GetFileName(path), UsualDirectory);

    private DirectoryNode Directory(string path)
    {
        if (Tree.Find(path, followLast: true) is { } known)
            return (DirectoryNode)known;
        var parent = Directory(System.IO.Path.GetDirectoryName(path)!);
        var made = Tree.MakeDirectory(parent, System.IO.Path.GetFileName(path), UsualDirectory);
        Tree.Journal.Sync(parent);
        return made;
    }
}
