using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>
/// Syncs what is left as it stands, with the names that lead to it: the receipt says that it is there, and whoever wrote
/// it need not have synced it.
/// </summary>
internal sealed class StandingSync(Folder destination)
{
    private bool _isDone;

    /// <summary>Once: a later try need not find again what was there at the first.</summary>
    internal void Run(IEnumerable<DestinationEntry> entries, IReadOnlySet<uint> there)
    {
        if (_isDone || there.Count == 0)
            return;
        var covered = SyncAll(there.Count);
        var directories = new HashSet<string>();
        foreach (var entry in entries.Where(e => there.Contains(e.EntryNo) && !IsOn(covered, e)))
        {
            if (entry.Kind is EntryKind.EntryFile)
                destination.SyncStanding(entry.Path);
            var directory = entry.Kind is EntryKind.EntryDirectory ? entry.Path : EntryPath.Parent(entry.Path);
            while (directory is not null && directories.Add(directory))
                directory = EntryPath.Parent(directory);
        }

        foreach (var path in directories.Append(""))
            destination.Sync(path);
        _isDone = true;
    }

    /// <returns>the device of which all is synced, if any</returns>
    private ulong? SyncAll(int count)
    {
        if (count <= StagedDestination.SyncEach || !destination.CanSyncAll)
            return null;
        destination.SyncAll();
        return destination.Stat(StagingName.Partial)?.Device;
    }

    // Another file system may be mounted somewhere beneath the destination.
    private bool IsOn(ulong? device, DestinationEntry entry) => device is not null && destination.Stat(entry.Path)?.Device == device;
}
