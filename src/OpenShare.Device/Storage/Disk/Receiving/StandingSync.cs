using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>
/// Syncs what is left as it stands, with the names that lead to it: the receipt says that it is there, and whoever wrote
/// it need not have synced it. What cannot be synced is not signed for: it is refused by name.
/// </summary>
internal sealed class StandingSync(Folder destination)
{
    private List<EntryRefusal>? _refused;

    /// <summary>Syncs once: a later try need not find again what was there at the first. What was refused then is so again, where it was not kept.</summary>
    internal void Run(IEnumerable<DestinationEntry> entries, IReadOnlySet<uint> there, List<EntryRefusal> refused)
    {
        if (there.Count == 0)
            return;
        _refused ??= Sync(entries.Where(e => there.Contains(e.EntryNo)), there.Count);
        if (_refused.Count > 0)
            refused.AddRange(_refused.IntersectBy(entries.Select(e => e.EntryNo), r => r.EntryNo));
    }

    private List<EntryRefusal> Sync(IEnumerable<DestinationEntry> standing, int count)
    {
        var syncs = new ClosedSync(destination);
        if (count > StagedDestination.SyncEach)
            syncs.SyncAll();
        var (directories, closed) = (new HashSet<string>(), new Dictionary<string, string>());
        // Another file system may be mounted somewhere beneath the destination.
        foreach (var entry in standing.Where(e => !syncs.IsCovered(e.Path)))
        {
            if (entry.Kind is EntryKind.EntryFile && syncs.Sync(entry.Path, destination.SyncStanding) is { } problem)
                closed.Add(entry.Path, problem);
            var directory = entry.Kind is EntryKind.EntryDirectory ? entry.Path : EntryPath.Parent(entry.Path);
            while (directory is not null && directories.Add(directory))
                directory = EntryPath.Parent(directory);
        }

        foreach (var directory in directories)
        {
            if (syncs.Sync(directory, destination.Sync) is { } problem)
                closed.Add(directory, problem);
        }

        destination.Sync("");
        return closed.Count == 0 ? [] : [.. standing.Select(e => Refusal(e, closed)).OfType<EntryRefusal>()];
    }

    private static EntryRefusal? Refusal(DestinationEntry entry, Dictionary<string, string> closed)
    {
        for (var path = entry.Path; path is not null; path = EntryPath.Parent(path))
        {
            if (closed.TryGetValue(path, out var problem))
                return new EntryRefusal(entry.EntryNo, DiskProblem.Denied, $"{entry.Path}: it stands there, but may be lost with the power: {problem}");
        }

        return null;
    }
}
