using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>
/// Room for what a tree that gets another name has of the one that stands there: its files that are the same are copied. As long as
/// all of a tree is the same it gets none, and nothing of it is copied.
/// </summary>
internal sealed class TreeCopies
{
    private readonly Dictionary<string, (long Same, bool Differs)> _trees = [];
    private readonly HashSet<string> _toAsk = [];
    private long _tooMuch;

    /// <summary>Bytes that were asked for so far.</summary>
    internal long Asked { get; private set; }

    /// <summary>A file of a tree stands there, as far as is known.</summary>
    internal void Add(DestinationEntry file) => Change(file, t => t with { Same = ClaimedSizes.Sum([t.Same, file.Room]) });

    /// <summary>One that was added is another after all: it is prepared whole, with the room that was asked for its copy where that was.</summary>
    internal void Part(DestinationEntry file) => Change(file, t =>
    {
        _tooMuch += Math.Max(0, file.Room - t.Same);
        return (Math.Max(0, t.Same - file.Room), Differs: true);
    });

    /// <summary>An entry of a tree does not stand there.</summary>
    internal void Miss(DestinationEntry entry) => Change(entry, t => t with { Differs = true });

    /// <returns>bytes that are to be copied and were not asked for before; below 0: so many that were are for files that are prepared</returns>
    internal long Ask()
    {
        var asked = 0L;
        foreach (var top in _toAsk)
        {
            var tree = _trees[top];
            if (!tree.Differs)
                continue;
            asked = ClaimedSizes.Sum([asked, tree.Same]);
            _trees[top] = tree with { Same = 0 };
        }
        _toAsk.Clear();
        asked -= _tooMuch;
        _tooMuch = 0;
        Asked = asked < 0 ? Math.Max(0, Asked + asked) : ClaimedSizes.Sum([Asked, asked]);
        return asked;
    }

    private void Change(DestinationEntry entry, Func<(long Same, bool Differs), (long Same, bool Differs)> change)
    {
        var top = EntryPath.Top(entry.Path);
        // What is sent by itself is no tree, and is not copied.
        if (top.Length == entry.Path.Length)
            return;
        _trees[top] = change(_trees.GetValueOrDefault(top));
        _toAsk.Add(top);
    }
}
