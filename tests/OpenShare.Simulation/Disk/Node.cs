namespace OpenShare.Simulation.Disk;

internal readonly record struct Attributes(uint Mode, long MtimeNs, long CtimeNs);

/// <summary>A file, directory or link, whatever its name. Attributes are on the medium once synced.</summary>
internal abstract class Node(ulong inode, Attributes attributes)
{
    private Attributes _synced = attributes;

    internal ulong Inode { get; } = inode;

    internal long BirthNs { get; } = attributes.CtimeNs;

    internal Attributes Attributes { get; set; } = attributes;

    /// <summary>Null: it has no name any more, or it is the root.</summary>
    internal DirectoryNode? Parent { get; set; }

    internal string Name { get; set; } = "";

    internal string Path => Parent is null ? Name : $"{Parent.Path}/{Name}";

    internal void Touch(long ns) => Attributes = Attributes with { MtimeNs = ns, CtimeNs = ns };

    internal virtual void Sync() => _synced = Attributes;

    internal virtual void LosePower(Random random)
    {
        if (Attributes != _synced && random.Next(2) == 0)
            Attributes = _synced;
        _synced = Attributes;
    }
}

internal sealed class FileNode(ulong inode, Attributes attributes) : Node(inode, attributes)
{
    internal FileContent Content { get; } = new();

    /// <summary>How much of it was read once, from its front on.</summary>
    internal long ReadUpTo { get; set; }

    internal override void Sync()
    {
        base.Sync();
        Content.Sync();
    }

    internal override void LosePower(Random random)
    {
        base.LosePower(random);
        Content.LosePower(random);
    }
}

internal sealed class LinkNode(ulong inode, Attributes attributes, string target) : Node(inode, attributes)
{
    internal string Target { get; } = target;
}

internal sealed class DirectoryNode(ulong inode, Attributes attributes, IComparer<string> names) : Node(inode, attributes)
{
    private readonly SortedDictionary<string, Node> _entries = new(names);

    /// <summary>By name.</summary>
    internal IReadOnlyCollection<Node> Entries => _entries.Values;

    internal Node? Find(string name) => _entries.GetValueOrDefault(name);

    /// <param name="node">null: the name is free from now on</param>
    internal void Put(string name, Node? node)
    {
        if (_entries.Remove(name, out var old) && old.Parent == this)
            old.Parent = null;
        if (node is null)
            return;
        _entries.Add(name, node);
        (node.Parent, node.Name) = (this, name);
    }

    internal override void Sync()
    {
        base.Sync();
        // There is no call to sync a link itself.
        foreach (var link in _entries.Values.OfType<LinkNode>())
            link.Sync();
    }
}
