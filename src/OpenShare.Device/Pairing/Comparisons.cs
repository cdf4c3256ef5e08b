using System.Buffers.Binary;
using System.Collections.Immutable;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Pairing;

/// <summary>What persons are shown of pairings: those that are open, and the latest that have ended, oldest first.</summary>
internal sealed class Comparisons(IRandomSource random)
{
    private const int MostEnded = 8;

    private readonly SortedDictionary<int, Comparison> _all = [];

    // From a random number on: what a person says late, after a restart, must not be taken for an answer to what is compared by then.
    private int _last = (int)(BinaryPrimitives.ReadUInt32BigEndian(random.Bytes(sizeof(uint))) >> 2);

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
