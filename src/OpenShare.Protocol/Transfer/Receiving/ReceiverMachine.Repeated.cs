using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>Chunks that occur more than once: one travels, the others are copied from it.</summary>
public sealed partial class ReceiverMachine
{
    // One frame is to keep a worker busy for no longer than a few others; what is left is copied with the next that travels.
    private const int MostCopied = 64 * 1024 * 1024;

    private readonly RepeatedChunks _repeated = new();

    /// <summary>Chunks of a page that is about to be stored, for which an equal one is there by now. What that is, is to be read and hashed.</summary>
    public IReadOnlyList<RepeatedChunk> RepeatedOn(ManifestPage page)
    {
        if (!RepeatedChunks.IsOfUse(page))
            return [];
        var repeated = new List<RepeatedChunk>();
        foreach (var chunk in page.Parts.Where(p => !_ledger.IsLeftOut(p.Entry.Number)).SelectMany(page.ChunksOf))
        {
            foreach (var other in _repeated.EqualTo(Manifest!, chunk).Take(RepeatedChunks.MostLookedAt).Where(Held.Contains).Take(1))
                repeated.Add(new RepeatedChunk(Manifest!.Locate(other), chunk));
        }
        return repeated;
    }

    /// <summary>
    /// Chunks that are missing and equal to some that were just written: those whose page was stored while that was done, so that
    /// the write did not know of them.
    /// </summary>
    public IReadOnlyList<RepeatedChunk> RepeatedSince(IReadOnlyCollection<ChunkLocation> written)
    {
        if (_repeated.IsEmpty)
            return [];
        var ordinals = written.Select(w => w.Ordinal).ToHashSet();
        return [.. written.SelectMany(w => CopiesOf(w).Where(c => !ordinals.Contains(c.Ordinal)).Select(c => new RepeatedChunk(w, c))).DistinctBy(r => r.Missing.Ordinal)];
    }

    private IReadOnlyList<ChunkLocation> CopiesOf(ChunkLocation chunk)
    {
        var equal = _repeated.EqualTo(chunk.Ordinal);
        return equal.Count == 0 || !_ledger.IsMissing(chunk.Ordinal) ? []
            : [.. equal.Where(o => o != chunk.Ordinal && _ledger.IsMissing(o)).Take(MostCopied / chunk.Length).Select(Manifest!.Locate)];
    }
}
