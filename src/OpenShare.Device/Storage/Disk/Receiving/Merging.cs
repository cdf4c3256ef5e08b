using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>
/// Puts what was staged of one top into the directory that stands under its name: what is new is moved there, a taken
/// name is skipped or replaced in one step. Whatever instant it is cut at, a later run goes on with what is left in staging.
/// </summary>
internal sealed class Merging(Folder staging, Folder destination, StandingNames names, Conflicts conflicts, List<EntryRefusal> refused)
{
    private readonly HashSet<uint> _refused = [.. refused.Select(r => r.EntryNo)];
    private readonly HashSet<string> _changed = [];
    private string? _moved;

    /// <param name="entries">of one top, without itself, in the manifest's order</param>
    internal void Run(IEnumerable<DestinationEntry> entries)
    {
        foreach (var entry in entries.Where(e => !conflicts.There.Contains(e.EntryNo) && !_refused.Contains(e.EntryNo)))
        {
            // What lies in a directory that was moved came with it.
            if (_moved is not null && entry.Path.StartsWith(_moved, StringComparison.Ordinal))
                continue;
            var result = DiskFault.Guard(entry.Path, () => Place(entry));
            if (result.IsOfDisk)
                throw new DiskFault(result.Problem, result.Detail);
            if (!result.IsDone)
                refused.Add(new EntryRefusal(entry.EntryNo, result.Problem, result.Detail));
        }

        Sync();
    }

    private void Place(DestinationEntry entry)
    {
        var standing = names.Look(entry).Kind;
        if (staging.Stat(entry.Path) is null)
        {
            // Moved by a run that was cut, which may not have come to sync it; or gone.
            if (standing is not StandingKind.Same)
                throw new DiskFault(DiskProblem.Missing, $"{entry.Path}: it is no longer in the staging directory");
            FinishMoved(entry);
        }
        else if (entry.Kind is EntryKind.EntryDirectory)
        {
            if (standing is StandingKind.Nothing)
                MoveDirectory(entry);
            else if (standing is StandingKind.Same)
                // What lies in it is to be moved out.
                staging.MakeAccessible(entry.Path);
            else
                throw InTheWay(entry);
        }
        else if (conflicts.Policy is ConflictPolicy.Overwrite && standing is not StandingKind.InTheWay)
        {
            staging.Replace(entry.Path, destination, entry.Path);
            FinishMoved(entry);
        }
        else if (standing is StandingKind.Nothing && staging.TryMove(entry.Path, destination, entry.Path))
        {
            FinishMoved(entry);
        }
        else
        {
            throw InTheWay(entry);
        }
    }

    private void MoveDirectory(DestinationEntry entry)
    {
        // Its final mode may not let it be moved.
        staging.MakeAccessible(entry.Path);
        if (!staging.TryMove(entry.Path, destination, entry.Path))
            return;
        FinishMoved(entry);
        _moved = entry.Path + "/";
    }

    private DiskFault InTheWay(DestinationEntry entry) => conflicts.Policy is ConflictPolicy.Skip
        ? new DiskFault(DiskProblem.Taken, $"{entry.Path}: the name is taken")
        : new DiskFault(DiskProblem.NameRefused, $"{entry.Path}: something else stands there that is not replaced");

    private void FinishMoved(DestinationEntry entry)
    {
        if (entry.Kind is EntryKind.EntryDirectory)
            destination.SetFinal(entry.Path, FileKind.Directory, Finishing.Mode(entry), entry.MtimeNs, sync: true);
        _changed.Add(EntryPath.Parent(entry.Path) ?? "");
    }

    private void Sync()
    {
        if (_changed.Count > StagedDestination.SyncEach && destination.CanSyncAll)
        {
            destination.SyncAll();
            return;
        }

        var syncs = new ClosedSync(destination);
        foreach (var directory in _changed)
        {
            if (directory.Length == 0)
                destination.Sync("");
            else if (syncs.Sync(directory, destination.Sync) is { } problem)
                throw new DiskFault(DiskProblem.Denied, problem);
        }
    }
}
