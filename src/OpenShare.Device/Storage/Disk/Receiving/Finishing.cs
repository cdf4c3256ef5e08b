using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>
/// Gives what was staged its last touches, before it is placed: times and modes of files, then links, then times and
/// modes of directories from the inside out. Directories that are tops get theirs after placing, since a
/// directory that cannot be written cannot be moved.
/// </summary>
internal sealed class Finishing(Folder staging, Func<DestinationEntry, bool> isToBePlaced, List<EntryRefusal> refused)
{
    private const uint PermissionBits = 0x1FF; // no setuid, setgid, sticky
    private const uint DefaultFile = 0x1A4; // 0644
    private const uint DefaultDirectory = 0x1ED; // 0755

    private readonly Stack<DestinationEntry> _inside = [];
    private int _syncs;

    /// <summary>What is to be placed, in order. A top that the manifest does not list itself is a directory.</summary>
    internal List<DestinationEntry> Tops { get; } = [];

    internal static uint Mode(DestinationEntry entry) =>
        (entry.Mode & PermissionBits) is not 0 and var mode ? mode : entry.Kind is EntryKind.EntryDirectory ? DefaultDirectory : DefaultFile;

    internal static FileKind Kind(DestinationEntry entry) => entry.Kind switch
    {
        EntryKind.EntryFile => FileKind.File,
        EntryKind.EntryDirectory => FileKind.Directory,
        _ => FileKind.Symlink,
    };

    internal void Run(IEnumerable<DestinationEntry> entries)
    {
        CollectTops(entries);
        var waiting = entries.Where(isToBePlaced);
        foreach (var entry in waiting)
        {
            if (entry.Kind is EntryKind.EntryDirectory)
                Try(entry, () => staging.MakeAccessible(entry.Path));
            else if (entry.Kind is EntryKind.EntryFile)
                Try(entry, () => FinishFile(entry));
        }

        foreach (var entry in waiting)
        {
            LeaveDirectories(entry.Path);
            EnterUnlisted(entry);
            if (entry.Kind is EntryKind.EntrySymlink)
                Try(entry, () => FinishLink(entry));
            else if (entry.Kind is EntryKind.EntryDirectory)
                _inside.Push(entry);
        }

        LeaveDirectories("");
    }

    /// <summary>All that was finished, and all data written before, outlives a loss of power.</summary>
    internal void Sync()
    {
        if (_syncs > StagedDestination.SyncEach && staging.CanSyncAll)
            staging.SyncAll();
    }

    private void CollectTops(IEnumerable<DestinationEntry> entries)
    {
        var seen = new HashSet<string>();
        foreach (var entry in entries)
        {
            var top = EntryPath.Top(entry.Path);
            if (seen.Add(top))
                Tops.Add(top == entry.Path ? entry : new DestinationEntry(entry.EntryNo, top, EntryKind.EntryDirectory, 0, 0, entry.MtimeNs, ""));
        }
    }

    private void FinishFile(DestinationEntry entry)
    {
        var sync = SyncNow();
        if (staging.Stat(entry.Path) is { Kind: FileKind.File } stat)
        {
            if (stat.Size != entry.Size)
                throw new DiskFault(DiskProblem.Missing, $"{entry.Path}: {stat.Size} bytes are here and not {entry.Size}");
            // The write that made it whole has done the rest, and one sync of all is to come.
            if (!sync && stat.Mode == Mode(entry) && stat.MtimeNs == entry.MtimeNs)
                return;
        }
        staging.SetFinal(entry.Path, FileKind.File, Mode(entry), entry.MtimeNs, sync);
    }

    private void FinishLink(DestinationEntry entry)
    {
        // Checked again: what stands in the database may be older than the rule.
        if (!EntryPath.IsInside(entry.Path, entry.LinkTarget))
            throw new DiskFault(DiskProblem.LinkInTheWay, $"{entry.Path}: the link points out of its folder, to {entry.LinkTarget}");
        var known = staging.Stat(entry.Path);
        if (known is null)
            staging.MakeLink(entry.Path, entry.LinkTarget);
        else if (known.Value.Kind is not FileKind.Symlink || staging.ReadLink(entry.Path) != entry.LinkTarget)
            throw DiskFault.Of(Errno.Exists, entry.Path);
        staging.SetFinal(entry.Path, FileKind.Symlink, 0, entry.MtimeNs, sync: false);
    }

    private void LeaveDirectories(string path)
    {
        while (_inside.TryPeek(out var directory) && !path.StartsWith(directory.Path + "/", StringComparison.Ordinal))
        {
            _inside.Pop();
            if (directory.Path.Contains('/', StringComparison.Ordinal))
                Try(directory, () => staging.SetFinal(directory.Path, FileKind.Directory, Mode(directory), directory.MtimeNs, SyncNow()));
            else if (SyncNow())
                Try(directory, () => staging.Sync(directory.Path));
        }
    }

    // Directories on the way that the manifest does not list get the usual mode.
    private void EnterUnlisted(DestinationEntry entry)
    {
        var known = _inside.TryPeek(out var directory) ? directory.Path.Length + 1 : 0;
        for (var slash = entry.Path.IndexOf('/', known); slash >= 0; slash = entry.Path.IndexOf('/', slash + 1))
            _inside.Push(new DestinationEntry(entry.EntryNo, entry.Path[..slash], EntryKind.EntryDirectory, 0, 0, entry.MtimeNs, ""));
    }

    private bool SyncNow() => ++_syncs <= StagedDestination.SyncEach || !staging.CanSyncAll;

    private void Try(DestinationEntry entry, Action work)
    {
        var result = DiskFault.Guard(entry.Path, work);
        if (result.IsDone)
            return;
        if (result.IsOfDisk)
            throw new DiskFault(result.Problem, result.Detail);
        if (result.Problem is DiskProblem.LinkInTheWay && entry.Kind is not EntryKind.EntrySymlink)
            RemoveForeignLink(entry.Path);
        // What the receipt names as not delivered does not appear either, least of all in part.
        if (entry.Kind is EntryKind.EntryFile)
            DiskFault.Guard(entry.Path, () => staging.Remove(entry.Path));
        if (refused.TrueForAll(r => r.EntryNo != entry.EntryNo))
            refused.Add(new EntryRefusal(entry.EntryNo, result.Problem, result.Detail));
    }

    // Our own links are never in the way of a file or directory: those were made first, and such a link is refused.
    // So this one was put here by somebody else, and is not to be delivered with the tree.
    private void RemoveForeignLink(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (RemoveIfLink(path[..slash]))
                return;
        }

        RemoveIfLink(path);
    }

    private bool RemoveIfLink(string path)
    {
        if (staging.Stat(path) is not { Kind: FileKind.Symlink })
            return false;
        staging.Remove(path);
        return true;
    }
}
