using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>
/// Moves each top from staging to its place: data synced, names chosen and persisted, renamed without replacing,
/// directories synced. Whatever instant it is cut at, a later run goes on: a top that stands under its persisted
/// name with its own inode is placed. Where the sender wishes it, a file replaces what has its name, and a directory is
/// merged into the one that stands there.
/// </summary>
internal sealed class Placing
{
    private readonly Folder _staging;
    private readonly Folder _destination;
    private readonly StandingNames _standing;
    private readonly Conflicts _conflicts;
    private readonly Action<IReadOnlyList<ChosenName>, IReadOnlyList<EntryRefusal>> _persist;
    private readonly Dictionary<string, ChosenName> _chosen;
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _placed = [];
    private readonly HashSet<string> _asTheyStand;
    private readonly HashSet<uint> _refused = [];

    internal Placing(
        Folder staging, Folder destination, IReadOnlyCollection<ChosenName> earlier,
        Action<IReadOnlyList<ChosenName>, IReadOnlyList<EntryRefusal>> persist, Conflicts conflicts)
    {
        (_staging, _destination, _standing, _conflicts) = (staging, destination, new StandingNames(destination), conflicts);
        _persist = persist;
        _chosen = earlier.ToDictionary(c => c.Top);
        _names = [.. earlier.Select(c => c.Name)];
        _placed = [.. earlier.Where(StandsInPlace).Select(c => c.Top)];
        // What was moved is in staging no more: where a directory is there still, the one in place is the user's own.
        _asTheyStand = [.. _placed.Where(t => staging.Stat(t) is { Kind: FileKind.Directory })];
    }

    internal List<ChosenName> Placed { get; } = [];

    internal bool IsPlaced(string top) => _placed.Contains(top);

    /// <summary>It is in staging, and not finished by an earlier run that then began to merge it.</summary>
    internal bool IsToBePlaced(DestinationEntry entry)
    {
        var top = EntryPath.Top(entry.Path);
        return !IsPlaced(top) && !_conflicts.There.Contains(entry.EntryNo) && !(_chosen.ContainsKey(top) && IsMerged(top));
    }

    internal void Run(IEnumerable<DestinationEntry> entries, IReadOnlyList<DestinationEntry> tops, List<EntryRefusal> refused, Action sync)
    {
        LeaveThere(entries, tops);
        var staged = tops.Where(t => !IsPlaced(t.Path) && IsStaged(t, entries, refused)).ToList();
        // First the data: where names are persisted, a later run need not ask whether a loss of power took some of it.
        sync();
        // With them what was refused: a later run looks at nothing of a top that stands in its place.
        _persist([.. _asTheyStand.Select(t => _chosen[t]), .. staged.Select(Choose)], refused);
        foreach (var top in staged)
            Move(top, entries, refused);
        _destination.Sync("");
        _staging.Sync("");
        foreach (var top in tops.Where(t => IsPlaced(t.Path)))
        {
            var name = _chosen[top.Path];
            if (top.Kind is EntryKind.EntryDirectory && !_asTheyStand.Contains(top.Path))
                _destination.SetFinal(name.Name, FileKind.Directory, Finishing.Mode(top), top.MtimeNs, sync: true);
            Placed.Add(name);
        }
    }

    private bool StandsInPlace(ChosenName name) => _destination.Stat(name.Name)?.Key == name.Key;

    // A top of which all stands there already has its place: by the mark of what stands there a later run knows it too.
    private void LeaveThere(IEnumerable<DestinationEntry> entries, IReadOnlyList<DestinationEntry> tops)
    {
        if (_conflicts.There.Count == 0)
            return;
        var wanted = entries.Where(e => !_conflicts.There.Contains(e.EntryNo)).Select(e => EntryPath.Top(e.Path)).ToHashSet();
        foreach (var top in tops.Where(t => !wanted.Contains(t.Path) && !IsPlaced(t.Path)))
        {
            var stat = _destination.Stat(top.Path) ?? throw new DiskFault(DiskProblem.Missing, $"{top.Path}: it was there, and is no longer");
            _chosen[top.Path] = new ChosenName(top.Path, top.Path, stat.Key);
            _placed.Add(top.Path);
            _asTheyStand.Add(top.Path);
        }
    }

    private bool IsStaged(DestinationEntry top, IEnumerable<DestinationEntry> entries, List<EntryRefusal> refused)
    {
        if (_staging.Stat(top.Path) is { } stat && stat.Kind == Finishing.Kind(top))
            return true;
        Refuse(top, entries, refused, DiskProblem.Missing, "it is no longer in the staging directory");
        return false;
    }

    // A directory with all that lies in it, also where the manifest does not list itself.
    private void Refuse(DestinationEntry top, IEnumerable<DestinationEntry> entries, List<EntryRefusal> refused, DiskProblem problem, string reason)
    {
        // Of what was refused by others since the last call alone: of ten thousand tops each may be refused.
        _refused.UnionWith(refused.Skip(_refused.Count).Select(r => r.EntryNo));
        var all = top.Kind is EntryKind.EntryDirectory ? entries.Where(e => EntryPath.Top(e.Path) == top.Path) : [top];
        foreach (var entry in all.Where(e => !_conflicts.There.Contains(e.EntryNo) && _refused.Add(e.EntryNo)))
            refused.Add(new EntryRefusal(entry.EntryNo, problem, $"{entry.Path}: {reason}"));
    }

    private ChosenName Choose(DestinationEntry top)
    {
        var key = _staging.Stat(top.Path)!.Value.Key;
        if (IsMerged(top.Path) || IsReplaced(top) || IsSkipped(top))
            return _chosen[top.Path] = new ChosenName(top.Path, top.Path, key);
        // The name of an earlier run is kept while it is free: it may have been told already.
        if (_chosen.TryGetValue(top.Path, out var earlier) && _destination.Stat(earlier.Name) is null)
            return _chosen[top.Path] = earlier with { Key = key };
        var name = FreeName.Candidates(top.Path, top.Kind is EntryKind.EntryDirectory)
            .First(candidate => !_names.Contains(candidate) && _destination.Stat(candidate) is null);
        _names.Add(name);
        return _chosen[top.Path] = new ChosenName(top.Path, name, key);
    }

    private void Move(DestinationEntry top, IEnumerable<DestinationEntry> entries, List<EntryRefusal> refused)
    {
        if (IsSkipped(top))
        {
            Refuse(top, entries, refused, DiskProblem.Taken, "the name is taken");
            return;
        }

        if (IsMerged(top.Path))
        {
            var inside = entries.Where(e => e.Path.Length > top.Path.Length && EntryPath.Top(e.Path) == top.Path);
            new Merging(_staging, _destination, _standing, _conflicts, refused).Run(inside);
            _asTheyStand.Add(top.Path);
        }
        else if (IsReplaced(top))
        {
            _staging.Replace(top.Path, _destination, top.Path);
        }
        else if (!_staging.TryMove(top.Path, _destination, _chosen[top.Path].Name))
        {
            // Somebody took the name between the choice and the move: it is judged anew, and a choice persisted before it is used.
            _persist([Choose(top)], refused);
            Move(top, entries, refused);
            return;
        }

        _placed.Add(top.Path);
    }

    private bool IsMerged(string top) =>
        _conflicts.Policy is not ConflictPolicy.Rename && _staging.Stat(top) is { Kind: FileKind.Directory }
        && _standing.Look(new DestinationEntry(0, top, EntryKind.EntryDirectory, 0, 0, 0, "")).Kind is StandingKind.Same;

    private bool IsReplaced(DestinationEntry top) =>
        _conflicts.Policy is ConflictPolicy.Overwrite && top.Kind is not EntryKind.EntryDirectory
        && _standing.Look(top).Kind is StandingKind.Same or StandingKind.Replaceable;

    private bool IsSkipped(DestinationEntry top) =>
        _conflicts.Policy is ConflictPolicy.Skip && !IsMerged(top.Path) && _standing.Look(top).Kind is not StandingKind.Nothing;
}
