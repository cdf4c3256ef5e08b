using OpenShare.Device.Storage.Disk.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk.Sending;

/// <summary>Walks one file or tree, lazily: a directory before what it holds, names in the order of their UTF-8 bytes.</summary>
internal sealed class TreeWalk(FileSystem files, string top, string root)
{
    private const uint PermissionBits = 0x1FF;

    private const string NotUtf8 = "its name is not valid UTF-8";

    // The names still to come, per level.
    private readonly Stack<(string Path, string FullPath, Queue<string> Names)> _levels = [];

    internal IEnumerable<SourceItem> Run()
    {
        yield return Visit(top, root);
        while (_levels.TryPeek(out var level))
        {
            if (!level.Names.TryDequeue(out var name))
            {
                _levels.Pop();
                continue;
            }
            yield return Visit($"{level.Path}/{name}", Path.Combine(level.FullPath, name));
            // Names that differ only in bytes that are no UTF-8 are one name here.
            while (level.Names.TryPeek(out var next) && next == name)
                yield return new SourceItem.Skipped($"{level.Path}/{level.Names.Dequeue()}", NotUtf8);
        }
    }

    private SourceItem Visit(string path, string fullPath)
    {
        if (EntryPath.Problem(path) is { } problem)
            return new SourceItem.Skipped(path, problem);
        SourceItem? item = null;
        var result = DiskFault.Guard(path, () => item = Look(path, fullPath));
        return item ?? new SourceItem.Skipped(path, result.Detail.StartsWith(path + ": ", StringComparison.Ordinal) ? result.Detail[(path.Length + 2)..] : result.Detail);
    }

    private SourceItem Look(string path, string fullPath)
    {
        if (files.Stat(fullPath) is not { } stat)
            return new SourceItem.Skipped(path, path.Contains('\uFFFD', StringComparison.Ordinal) ? NotUtf8 : "it is not there");
        switch (stat.Kind)
        {
            case FileKind.File:
                return Entry(path, EntryKind.EntryFile, stat, stat.Size);
            case FileKind.Directory:
                if (path.EndsWith("/" + StagingName.Partial, StringComparison.Ordinal))
                    return new SourceItem.Skipped(path, "it holds transfers that are still arriving");
                // Listed before it is sent: one that cannot be read is left out whole.
                _levels.Push((path, fullPath, List(fullPath)));
                return Entry(path, EntryKind.EntryDirectory, stat, 0);
            case FileKind.Symlink:
                var target = files.ReadLink(fullPath);
                return EntryPath.IsInside(path, target)
                    ? Entry(path, EntryKind.EntrySymlink, stat, 0, target)
                    : new SourceItem.Skipped(path, $"it is a link that may lead out of {top} (to {target})");
            default:
                return new SourceItem.Skipped(path, "it is a socket, a pipe or a device");
        }
    }

    private static SourceItem.Entry Entry(string path, EntryKind kind, FileStat stat, long size, string target = "") =>
        new(new SourceEntry(path, kind, size, stat.Mode & PermissionBits, stat.MtimeNs, target, stat.Identity));

    private Queue<string> List(string directory)
    {
        var names = files.Names(directory).ToArray();
        Array.Sort(names, Utf8Order.Instance);
        return new Queue<string>(names);
    }
}
