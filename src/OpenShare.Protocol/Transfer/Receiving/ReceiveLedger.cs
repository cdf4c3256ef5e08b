using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>Which chunks of the stored pages are there, which are missing, and which are not wanted.</summary>
internal sealed class ReceiveLedger
{
    private readonly ChunkMap _held = new();
    private readonly ChunkMap _missing = new();
    private readonly ChunkMap _reused = new();
    private readonly HashSet<uint> _leftOut = [];
    private readonly HashSet<int> _stored = [];
    private long _bytesHeld;
    private long _bytesReused;
    private long _bytesLeftOut;

    internal ChunkMap Held => _held;

    internal int StoredPages => _stored.Count;

    internal bool HasAll => _missing.Count == 0;

    internal bool IsMissing(long ordinal) => _missing.Contains(ordinal);

    internal bool IsStored(int page) => _stored.Contains(page);

    /// <param name="areReused">what is held was there before it could travel</param>
    internal bool Store(ManifestPage page, IEnumerable<ChunkRange> held, bool areReused)
    {
        if (!_stored.Add(page.Index))
            return false;
        foreach (var part in page.Parts)
        {
            var chunks = new ChunkRange(part.FirstOrdinal, part.ChunkCount);
            if (_leftOut.Contains(part.Entry.Number))
                _bytesLeftOut += Bytes(page, chunks);
            else
                _missing.Add(chunks);
        }
        foreach (var range in held)
        {
            for (var ordinal = Math.Max(range.First, page.FirstOrdinal); ordinal < Math.Min(range.End, page.Chunks.End); ordinal++)
            {
                if (Hold(ordinal, page.LengthOf(ordinal)) && areReused && _reused.Add(ordinal))
                    _bytesReused += page.LengthOf(ordinal);
            }
        }
        return true;
    }

    /// <returns>true when it was missing</returns>
    internal bool Hold(long ordinal, int length)
    {
        if (!_missing.Remove(ordinal))
            return false;
        _held.Add(ordinal);
        _bytesHeld += length;
        return true;
    }

    /// <summary>What is held was not brought by its own chunk.</summary>
    internal void Reuse(long ordinal, int length)
    {
        if (_held.Contains(ordinal) && _reused.Add(ordinal))
            _bytesReused += length;
    }

    /// <returns>true when it was held</returns>
    internal bool Lose(long ordinal, int length)
    {
        if (!Drop(ordinal, length))
            return false;
        _missing.Add(ordinal);
        return true;
    }

    /// <summary>The entry is withdrawn or cannot be stored: its chunks, also those of pages to come, are not asked for.</summary>
    internal void LeaveOut(Manifest manifest, TransferEntry entry)
    {
        if (!_leftOut.Add(entry.Number))
            return;
        for (var ordinal = entry.Chunks.First; ordinal < entry.Chunks.End; ordinal++)
        {
            var length = manifest.LengthOf(ordinal);
            if (!Drop(ordinal, length) && !_missing.Remove(ordinal))
                continue; // of a page that is not stored yet: counted when it is
            _bytesLeftOut += length;
        }
    }

    internal bool IsLeftOut(uint entry) => _leftOut.Contains(entry);

    internal IReadOnlySet<uint> LeftOut => _leftOut.ToHashSet();

    internal IEnumerable<ChunkRange> MissingOf(ManifestPage page) => _missing.Ranges(page.FirstOrdinal, page.Chunks.End);

    internal TransferProgress Progress(Manifest? manifest, long travelled, long chunksTravelled) => new(
        manifest?.Bytes ?? 0, _bytesHeld, travelled, _bytesReused, _bytesLeftOut,
        manifest?.ChunkCount ?? 0, _held.Count, chunksTravelled, manifest is { IsComplete: true });

    private bool Drop(long ordinal, int length)
    {
        if (!_held.Remove(ordinal))
            return false;
        _bytesHeld -= length;
        if (_reused.Remove(ordinal))
            _bytesReused -= length;
        return true;
    }

    private static long Bytes(ManifestPage page, ChunkRange chunks)
    {
        var bytes = 0L;
        for (var ordinal = chunks.First; ordinal < chunks.End; ordinal++)
            bytes += page.LengthOf(ordinal);
        return bytes;
    }
}
