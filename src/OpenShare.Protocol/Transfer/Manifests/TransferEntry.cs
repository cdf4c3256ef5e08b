using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>
/// One file, directory or symbolic link of a manifest. A long file's chunks come in page by page. Made when it is asked for, and equal
/// to any other that was made of the same: its page has what it says, and its path is a new string each time.
/// </summary>
public sealed record TransferEntry
{
    private readonly PageEntries _page;
    private readonly int _index;

    internal TransferEntry(PageEntries page, int index) => (_page, _index) = (page, index);

    /// <summary>Its place in the manifest, from 0.</summary>
    public uint Number => _page.FirstNumber + (uint)_index;

    public RelativePath Path => _page.PathOf(_index);

    public EntryKind Kind => _page.KindOf(_index);

    /// <summary>Bytes; 0 for what is no file.</summary>
    public long Size => _page.SizeOf(_index);

    /// <summary>Permission bits, at most 07777.</summary>
    public uint Mode => _page.ModeOf(_index);

    /// <summary>Nanoseconds since the Unix epoch.</summary>
    public long MtimeNs => _page.MtimeOf(_index);

    public LinkTarget? LinkTarget => _page.LinkOf(_index);

    /// <summary>No file of the sender's, but a text that was typed or copied: to be shown.</summary>
    public bool IsText => _page.IsText(_index);

    /// <summary>Of a file: its sender cut it by <see cref="ContentCut"/>.</summary>
    public bool IsContentCut => _page.IsContentCut(_index);

    /// <summary>Of a file: bytes that its sender takes to lie in chunks of nothing but zeros. What they are, their hashes say.</summary>
    public long ZeroBytes => _page.ZeroBytesOf(_index);

    /// <summary>Bytes of the rest, for which there has to be room.</summary>
    public long Room => Size - ZeroBytes;

    /// <summary>The page on which it first appears.</summary>
    public int Page => _page.Page;

    public long FirstOrdinal => _page.FirstOrdinalOf(_index);

    /// <summary>Chunks listed so far.</summary>
    public long ChunkCount => _page.ChunksOf(_index);

    /// <summary>Bytes of the chunks listed so far.</summary>
    public long ListedBytes => _page.ListedBytesOf(_index);

    /// <summary>True when the sender could not read it to its end: it counts as withdrawn.</summary>
    public bool Abandoned => _page.IsAbandoned(_index);

    /// <summary>True once all its chunks are listed.</summary>
    public bool IsComplete => ListedBytes == Size;

    public ChunkRange Chunks => new(FirstOrdinal, ChunkCount);

    /// <summary>One more chunk of it is listed. Only of the last entry of a manifest.</summary>
    internal void Grow(int length) => _page.Grow(length);

    /// <summary>Its sender could not read it to its end. Only of the last entry of a manifest.</summary>
    internal void Abandon() => _page.AbandonLast();

    public override string ToString() => $"{Number} {Path}";
}

/// <summary>Where a chunk belongs: its entry, the offset in that file, its length, and what its bytes hash to.</summary>
public readonly record struct ChunkLocation(long Ordinal, TransferEntry Entry, long Offset, int Length, ReadOnlyMemory<byte> Sha256);
