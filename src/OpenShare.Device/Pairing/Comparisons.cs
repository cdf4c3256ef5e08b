using System.Collections.Immutable;

namespace OpenShare.Device.Pairing;

/// <summary>What persons are shown of pairings: those that are open, and the latest that have ended, oldest first.</summary>
internal sealed class Comparisons
{
    private const int MostEnded = 8;

    private readonly SortedDictionary<int, Comparison> _all = [];
    private int _last;

    internal ImmutableArray<Comparison> All => [.. _all.Values];

    internal bool Has(int number) => _all.TryGetValue(number, out var comparison) && comparison.State is ComparisonState.Open;

    internal int Open(Func<int, Comparison> comparison)
    {
        _all.Add(++_last, comparison(_last));
        return _last;
    }

    internal void End(int number, ComparisonState state)
    {
        _all[number] = _all[number] with { State = state };
        foreach (var old in _all.Values.Where(c => c.State is not ComparisonState.Open).SkipLast(MostEnded).Select(c => c.Number).ToList())
            _all.Remove(old);
    }
}
