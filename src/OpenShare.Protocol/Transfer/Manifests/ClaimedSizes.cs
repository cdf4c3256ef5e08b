namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>Sizes as their sender claims them: no sum of them overflows.</summary>
public static class ClaimedSizes
{
    /// <param name="sizes">bytes, none negative</param>
    /// <returns>capped at <see cref="long.MaxValue"/></returns>
    public static long Sum(IEnumerable<long> sizes) => sizes.Aggregate(0L, (sum, size) => size > long.MaxValue - sum ? long.MaxValue : sum + size);
}
