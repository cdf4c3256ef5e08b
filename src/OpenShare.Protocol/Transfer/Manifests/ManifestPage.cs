using OpenShare.Protocol.Transfer.Chunks;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>A part of a page that belongs to one entry: some of its chunks, or none for what has none.</summary>
/// <param name="FirstOffset">where in the file the first of these chunks lies</param>
/// <param name="Continued">true when the entry began on an earlier page</param>
public readonly record struct PagePart(TransferEntry Entry, long FirstOrdinal, int ChunkCount, long FirstOffset, bool Continued);

/// <summary>One verified page, kept compact: 36 bytes a chunk, or for all of them where all are the same, as in a hole.</summary>
public sealed class ManifestPage
{
    private const int HashSize = 32;

    private readonly byte[] _hashes;
    private readonly int[] _lengths;
    private readonly bool _areSame;
    private readonly PagePart? _continued;

    /// <param name="continued">what of it belongs to an entry of an earlier page</param>
    internal ManifestPage(int index, byte[] payloadSha256, long firstOrdinal, PagePart? continued, PageEntries entries, byte[] hashes, int[] lengths, bool isLast)
    {
        Index = index;
        PayloadSha256 = payloadSha256;
        FirstOrdinal = firstOrdinal;
        _continued = continued;
        Entries = entries;
        ChunkCount = lengths.Length;
        // Each is its neighbour.
        _areSame = lengths.Length > 1 && lengths.AsSpan(1).SequenceEqual(lengths.AsSpan(0, lengths.Length - 1))
            && hashes.AsSpan(HashSize).SequenceEqual(hashes.AsSpan(0, hashes.Length - HashSize));
        (_hashes, _lengths) = _areSame ? (hashes[..HashSize], lengths[..1]) : (hashes, lengths);
        IsLast = isLast;
        Bytes = lengths.Sum(l => (long)l);
        LongestChunk = lengths.Length == 0 ? 0 : lengths.Max();
    }

    public int Index { get; }

    /// <summary>SHA-256 of the signed payload.</summary>
    public ReadOnlyMemory<byte> PayloadSha256 { get; }

    public long FirstOrdinal { get; }

    public int ChunkCount { get; }

    public ChunkRange Chunks => new(FirstOrdinal, ChunkCount);

    /// <summary>Bytes of its chunks.</summary>
    public long Bytes { get; }

    /// <summary>Bytes; 0 without chunks.</summary>
    internal int LongestChunk { get; }

    /// <summary>
    /// Bytes of the files that begin on it, also those listed on later pages: what a sender claims, not yet its chunks.
    /// Capped at <see cref="long.MaxValue"/>.
    /// </summary>
    public long NewBytes => ClaimedSizes.Sum(Entries.Sizes);

    public bool IsLast { get; }

    public IReadOnlyList<PagePart> Parts => new PartList(this);

    /// <summary>Those that begin on it.</summary>
    internal PageEntries Entries { get; }

    internal int PartCount => Before + Entries.Count;

    private int Before => _continued is null ? 0 : 1;

    /// <summary>The chunks of one of its parts, in order.</summary>
    public IEnumerable<ChunkLocation> ChunksOf(PagePart part)
    {
        var offset = part.FirstOffset;
        for (var ordinal = part.FirstOrdinal; ordinal < part.FirstOrdinal + part.ChunkCount; ordinal++)
        {
            yield return new ChunkLocation(ordinal, part.Entry, offset, LengthOf(ordinal), Sha256Of(ordinal));
            offset += LengthOf(ordinal);
        }
    }

    internal int LengthOf(long ordinal) => _lengths[IndexOf(ordinal)];

    internal ReadOnlyMemory<byte> Sha256Of(long ordinal) => _hashes.AsMemory(HashSize * IndexOf(ordinal), HashSize);

    internal TransferEntry EntryOf(long ordinal) => PartOf(ordinal).Entry;

    /// <param name="ordinal">of a chunk of this page</param>
    public ChunkLocation Locate(long ordinal)
    {
        var part = PartOf(ordinal);
        var offset = part.FirstOffset;
        for (var before = part.FirstOrdinal; before < ordinal; before++)
            offset += LengthOf(before);
        return new ChunkLocation(ordinal, part.Entry, offset, LengthOf(ordinal), Sha256Of(ordinal));
    }

    internal PagePart PartAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)PartCount);
        if (index < Before)
            return _continued!.Value;
        var entry = Entries[index - Before];
        var end = index + 1 < PartCount ? Entries.FirstOrdinalOf(index + 1 - Before) : Chunks.End;
        return new PagePart(entry, entry.FirstOrdinal, (int)(end - entry.FirstOrdinal), FirstOffset: 0, Continued: false);
    }

    private int IndexOf(long ordinal)
    {
        var index = checked((int)(ordinal - FirstOrdinal));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)ChunkCount);
        return _areSame ? 0 : index;
    }

    private PagePart PartOf(long ordinal) =>
        _continued is { } part && ordinal < part.FirstOrdinal + part.ChunkCount ? part : PartAt(Before + Entries.IndexOf(ordinal));
}
