using Google.Protobuf.Collections;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Chunks;

/// <summary>Neighbouring chunks: <paramref name="Count"/> ordinals from <paramref name="First"/> on.</summary>
public readonly record struct ChunkRange(long First, long Count)
{
    /// <summary>The ordinal after the last.</summary>
    public long End => First + Count;

    public override string ToString() => Count == 1 ? $"{First}" : $"{First}-{End - 1}";
}

/// <summary>Ranges as they travel.</summary>
public static class ChunkRanges
{
    /// <summary>
    /// Reads ranges that must be non-empty, lie in [first, end) and grow: of ranges that lay over each other a few messages would have each
    /// chunk gone through thousands of times.
    /// </summary>
    /// <returns>false when one does not</returns>
    public static bool TryRead(RepeatedField<OrdinalRange> wire, long first, long end, out List<ChunkRange> ranges)
    {
        ranges = new List<ChunkRange>(wire.Count);
        var from = (ulong)first;
        foreach (var range in wire)
        {
            if (range.Count == 0 || range.First < from || range.First >= (ulong)end || range.Count > (ulong)end - range.First)
                return false;
            from = range.First + range.Count;
            ranges.Add(new ChunkRange((long)range.First, (long)range.Count));
        }
        return true;
    }

    /// <summary>Ordinals in any order, as ranges in growing order.</summary>
    public static List<ChunkRange> Pack(IEnumerable<long> ordinals)
    {
        var ranges = new List<ChunkRange>();
        foreach (var ordinal in ordinals.Order())
        {
            if (ranges.Count > 0 && ranges[^1].End >= ordinal)
                ranges[^1] = ranges[^1] with { Count = ordinal + 1 - ranges[^1].First };
            else
                ranges.Add(new ChunkRange(ordinal, 1));
        }
        return ranges;
    }

    internal static void Write(IEnumerable<ChunkRange> ranges, RepeatedField<OrdinalRange> wire)
    {
        foreach (var range in ranges)
            wire.Add(new OrdinalRange { First = (ulong)range.First, Count = (ulong)range.Count });
    }
}
