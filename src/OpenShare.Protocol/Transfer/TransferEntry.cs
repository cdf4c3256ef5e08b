using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer;

/// <summary>One file, directory or symbolic link of a manifest. A long file's chunks come in page by page.</summary>
public sealed class TransferEntry
{
    internal TransferEntry(uint number, RelativePath path, EntryKind kind, long size, uint mode, long mtimeNs, LinkTarget? linkTarget, int page, long firstOrdinal)
    {
        Number = number;
        Path = path;
        Kind = kind;
        Size = size;
        Mode = mode;
        MtimeNs = mtimeNs;
        LinkTarget = linkTarget;
        Page = page;
        FirstOrdinal = firstOrdinal;
    }

    /// <summary>Its place in the manifest, from 0.</summary>
    public uint Number { get; }

    public RelativePath Path { get; }

    public EntryKind Kind { get; }

    /// <summary>Bytes; 0 for what is no file.</summary>
    public long Size { get; }

    /// <summary>Permission bits, at most 07777.</summary>
    public uint Mode { get; }

    /// <summary>Nanoseconds since the Unix epoch.</summary>
    public long MtimeNs { get; }

    public LinkTarget? LinkTarget { get; }

    /// <summary>No file of the sender's, but a text that was typed or copied: to be shown.</summary>
    public bool IsText { get; internal init; }

    /// <summary>Of a file: its sender cut it by <see cref="ContentCut"/>.</summary>
    public bool IsContentCut { get; internal init; }

    /// <summary>Of a file: bytes that its sender takes to lie in chunks of nothing but zeros. What they are, their hashes say.</summary>
    public long ZeroBytes { get; internal init; }

    /// <summary>Bytes of the rest, for which there has to be room.</summary>
    public long Room => Size - ZeroBytes;

    /// <summary>The page on which it first appears.</summary>
    public int Page { get; }

    public long FirstOrdinal { get; }

    /// <summary>Chunks listed so far.</summary>
    public long ChunkCount { get; internal set; }

    /// <summary>Bytes of the chunks listed so far.</summary>
    public long ListedBytes { get; internal set; }

    /// <summary>True when the sender could not read it to its end: it counts as withdrawn.</summary>
    public bool Abandoned { get; internal set; }

    /// <summary>True once all its chunks are listed.</summary>
    public bool IsComplete => ListedBytes == Size;

    public ChunkRange Chunks => new(FirstOrdinal, ChunkCount);

    public override string ToString() => $"{Number} {Path}";
}

/// <summary>Where a chunk belongs: its entry, the offset in that file, its length, and what its bytes hash to.</summary>
public readonly record struct ChunkLocation(long Ordinal, TransferEntry Entry, long Offset, int Length, ReadOnlyMemory<byte> Sha256);
