using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>
/// Moves each top from staging to its place: data synced, names chosen and persisted, renamed without replacing,
/// directories synced. Whatever instant it is cut at, a later run goes on: a top that stands under its persisted
/// name with its own inode is placed.
/// </summary>
internal sealed class Placing
{
    private readonly Folder _staging;
    private readonly Folder _destination;
    private readonly Action<IReadOnlyList<ChosenName>> _persist;
    private readonly Dictionary<string, ChosenName> _chosen;
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _placed = [];

    internal Placing(Folder staging, Folder destination, IReadOnlyCollection<ChosenName> earlier, Action<IReadOnlyList<ChosenName>> persist)
    {
        _staging = staging;
        _destination = destination;
        _persist = persist;
        _chosen = earlier.ToDictionary(c => c.Top);
        _names = [.. earlier.Select(c => c.Name)];
        _placed = [.. earlier.Where(StandsInPlace).Select(c => c.Top)];
    }

    internal List<ChosenName> Placed { get; } = [];

    internal bool IsPlaced(string top) => _placed.Contains(top);

    internal void Run(IReadOnlyList<DestinationEntry> tops, List<EntryRefusal> refused, Action sync)
    {
        var staged = tops.Where(t => !IsPlaced(t.Path) && IsStaged(t, refused)).ToList();
        // First the data: where names are persisted, a later run need not ask whether a loss of power took some of it.
        sync();
        _persist([.. staged.Select(Choose)]);
        foreach (var top in staged)
            Move(top);
        _destination.Sync("");
        _staging.Sync("");
        foreach (var top in tops.Where(t => IsPlaced(t.Path)))
        {
            var name = _chosen[top.Path];
            if (top.Kind is EntryKind.EntryDirectory)
                _destination.SetFinal(name.Name, FileKind.Directory, Finishing.Mode(top), top.MtimeNs, sync: true);
            Placed.Add(name);
        }
    }

    private bool StandsInPlace(ChosenName name) => _destination.Stat(name.Name)?.Key == name.Key;

    private bool IsStaged(DestinationEntry top, List<EntryRefusal> refused)
    {
        if (_staging.Stat(top.Path) is { } stat && stat.Kind == Finishing.Kind(top))
            return true;
        if (refused.TrueForAll(r => r.EntryNo != top.EntryNo))
            refused.Add(new EntryRefusal(top.EntryNo, DiskProblem.Missing, $"{top.Path}: it is no longer in the staging directory"));
        return false;
    }

    private ChosenName Choose(DestinationEntry top)
    {
        var key = _staging.Stat(top.Path)!.Value.Key;
        // The name of an earlier run is kept while it is free: it may have been told already.
        if (_chosen.TryGetValue(top.Path, out var earlier) && _destination.Stat(earlier.Name) is null)
            return _chosen[top.Path] = earlier with { Key = key };
        var name = FreeName.Candidates(top.Path, top.Kind is EntryKind.EntryDirectory)
            .First(candidate => !_names.Contains(candidate) && _destination.Stat(candidate) is null);
        _names.Add(name);
        return _chosen[top.Path] = new ChosenName(top.Path, name, key);
    }

    private void Move(DestinationEntry top)
    {
        // Somebody may take the name between the choice and the move: then another is chosen, and persisted before it is used.
        while (!_staging.TryMove(top.Path, _destination, _chosen[top.Path].Name))
            _persist([Choose(top)]);
        _placed.Add(top.Path);
    }
}
