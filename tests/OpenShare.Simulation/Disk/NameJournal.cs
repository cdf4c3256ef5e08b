namespace OpenShare.Simulation.Disk;

/// <summary>One name that means something else from now on.</summary>
internal sealed record NameChange(DirectoryNode Directory, string Name, Node? Before, Node? After);

/// <summary>
/// What was done to names and is not on the medium yet, in its order. A loss of power keeps, of each directory, the first
/// of its changes and loses those after: in that order they get to the medium. A rename is one change of two directories.
/// </summary>
internal sealed class NameJournal
{
    private readonly List<NameChange[]> _pending = [];

    internal void Do(params NameChange[] changes)
    {
        Apply(changes);
        _pending.Add(changes);
    }

    /// <summary>This directory's changes are on the medium, with those that had to be there before them.</summary>
    internal void Sync(DirectoryNode directory)
    {
        var synced = new HashSet<DirectoryNode> { directory };
        for (var i = _pending.Count - 1; i >= 0; i--)
        {
            if (!_pending[i].Any(c => synced.Contains(c.Directory)))
                continue;
            synced.UnionWith(_pending[i].Select(c => c.Directory));
            _pending.RemoveAt(i);
        }
    }

    internal void SyncAll() => _pending.Clear();

    internal void LosePower(Random random)
    {
        // One in so many is the first that is lost: from 1 (none is kept) to more than there are.
        var odds = random.Next(3) switch { 0 => 1, 1 => int.MaxValue, _ => random.Next(2, 20) };
        var lost = new HashSet<DirectoryNode>();
        var kept = new List<NameChange[]>();
        foreach (var changes in _pending)
        {
            if (changes.Any(c => lost.Contains(c.Directory)) || random.Next(odds) == 0 && odds != int.MaxValue)
                lost.UnionWith(changes.Select(c => c.Directory));
            else
                kept.Add(changes);
        }
        foreach (var change in Enumerable.Reverse(_pending).SelectMany(Enumerable.Reverse))
            change.Directory.Put(change.Name, change.Before);
        foreach (var changes in kept)
            Apply(changes);
        _pending.Clear();
    }

    private static void Apply(NameChange[] changes)
    {
        foreach (var change in changes)
            change.Directory.Put(change.Name, change.After);
    }
}
