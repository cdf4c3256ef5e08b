namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>
/// A set of halves of SHA-256, some 30 bytes each. It lies in many small arrays: one large one is, as it grows, three of them, and the
/// collector keeps what it had for large ones.
/// </summary>
internal sealed class HashBuckets
{
    private const int Usual = 24;

    private List<UInt128>[] _buckets = [[]];
    private int _count;

    internal bool Contains(UInt128 hash) => BucketOf(hash).Contains(hash);

    /// <returns>true when it was not in the set</returns>
    internal bool Add(UInt128 hash)
    {
        if (Contains(hash))
            return false;
        if (++_count > Usual * _buckets.Length)
            Spread();
        BucketOf(hash).Add(hash);
        return true;
    }

    internal void Remove(UInt128 hash)
    {
        if (BucketOf(hash).Remove(hash))
            _count--;
    }

    // By a code that is another in each process: what is sent as a path is chosen by whoever sends it, also so that one bucket had them all.
    private List<UInt128> BucketOf(UInt128 hash) => _buckets[hash.GetHashCode() & (_buckets.Length - 1)];

    private void Spread()
    {
        var crowded = _buckets;
        _buckets = new List<UInt128>[2 * crowded.Length];
        for (var i = 0; i < _buckets.Length; i++)
            _buckets[i] = new List<UInt128>(Usual);
        foreach (var hash in crowded.SelectMany(b => b))
            BucketOf(hash).Add(hash);
    }
}
