using System.Buffers.Binary;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Protocol.Transfer.Chunks;

/// <summary>
/// Which chunks of a transfer are equal, by length and hash: one of them is enough to travel. Of the first 131,072 different ones of
/// 64 KiB and more it is known, and of as many that are equal to those; the rest travels as often as it occurs. Zeros are no business of this.
/// </summary>
internal sealed class RepeatedChunks(int mostKnown = RepeatedChunks.MostKnown)
{
    /// <summary>A smaller chunk is sent as quickly as it is copied.</summary>
    internal const int Least = 64 * 1024;

    /// <summary>Of those that are equal, the first few tell where none of them is, or is under way: mostly the others are not either.</summary>
    internal const int MostLookedAt = 16;

    private const int MostKnown = 128 * 1024;

    // Sorted: what is sent as a hash is chosen by whoever sends it, also so that a table of them would be slow.
    private readonly SortedDictionary<long, long> _first = [];
    private readonly Dictionary<long, List<long>> _equal = [];

    /// <summary>No two are known to be equal.</summary>
    internal bool IsEmpty => _equal.Count == 0;

    /// <summary>The page comes to those before it.</summary>
    /// <returns>whether a chunk of it is equal to one of an earlier page</returns>
    internal bool Add(Manifest manifest, ManifestPage page)
    {
        if (!IsOfUse(page))
            return false;
        var isRepeated = false;
        foreach (var chunk in page.Parts.SelectMany(page.ChunksOf).Where(IsOfUse))
        {
            if (!_first.TryGetValue(Key(chunk), out var first))
            {
                if (_first.Count < mostKnown)
                    _first.Add(Key(chunk), chunk.Ordinal);
            }
            else if (_equal.Count < mostKnown && IsSame(manifest, first, chunk))
            {
                if (!_equal.TryGetValue(first, out var equal))
                    _equal.Add(first, equal = [first]);
                equal.Add(chunk.Ordinal);
                _equal.Add(chunk.Ordinal, equal);
                isRepeated |= first < page.FirstOrdinal;
            }
        }
        return isRepeated;
    }

    /// <summary>All that are equal to this one, itself among them, in order; none where it is the only one.</summary>
    internal IReadOnlyList<long> EqualTo(long ordinal) => _equal.TryGetValue(ordinal, out var equal) ? equal : [];

    /// <summary>Those that are equal to a chunk of a page that was not added yet.</summary>
    internal IReadOnlyList<long> EqualTo(Manifest manifest, ChunkLocation chunk) =>
        !IsOfUse(chunk) || !_first.TryGetValue(Key(chunk), out var first) || !IsSame(manifest, first, chunk) ? []
        : _equal.TryGetValue(first, out var equal) ? equal : [first];

    /// <summary>Of a page of small files no chunk is looked at.</summary>
    internal static bool IsOfUse(ManifestPage page) => page.LongestChunk >= Least;

    private static bool IsOfUse(ChunkLocation chunk) => chunk.Length >= Least && !ZeroChunk.Is(chunk);

    private static bool IsSame(Manifest manifest, long first, ChunkLocation chunk) =>
        manifest.LengthOf(first) == chunk.Length && manifest.Sha256Of(first).Span.SequenceEqual(chunk.Sha256.Span);

    private static long Key(ChunkLocation chunk) => BinaryPrimitives.ReadInt64BigEndian(chunk.Sha256.Span);
}
