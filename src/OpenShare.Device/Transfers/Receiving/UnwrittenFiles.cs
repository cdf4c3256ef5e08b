using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>
/// The files of a transfer that take their room as they are written, and how much of each is still to come: all but chunks of zeros,
/// as far as their sender told of them before. Where the pages show more than that, more has to be promised.
/// </summary>
internal sealed class UnwrittenFiles
{
    /// <param name="Dense">bytes to be written</param>
    /// <param name="Zeros">bytes that are to be holes</param>
    /// <param name="Unlisted">of the bytes that were said to be written, those that no page has listed so far</param>
    private readonly record struct Left(long Dense, long Zeros, long Unlisted);

    private readonly Dictionary<uint, Left> _left = [];
    private (uint File, long ToCome) _open;

    /// <summary>Bytes that are still to be written.</summary>
    internal long Bytes { get; private set; }

    /// <summary>Of these, those that come after a later page is stored, and not before: of the one file in whose middle the last page ends.</summary>
    internal long Unlisted => _left.TryGetValue(_open.File, out var left) ? Math.Min(_open.ToCome, Math.Min(left.Dense, left.Unlisted)) : 0;

    /// <param name="roomTakenFrom">files of this size and more have their room already, but for those that have holes</param>
    internal void Add(TransferEntry file, long roomTakenFrom)
    {
        if (file.Size == 0 || (file.Size >= roomTakenFrom && file.ZeroBytes == 0) || !_left.TryAdd(file.Number, new Left(file.Room, file.ZeroBytes, file.Room)))
            return;
        Bytes += file.Room;
    }

    /// <summary>What this page has to be written that its sender did not tell of before.</summary>
    /// <param name="isWanted">whether a file is one of these, or will be</param>
    internal long Excess(ManifestPage page, Predicate<uint> isWanted) =>
        page.Parts.Where(p => p.Entry.ZeroBytes > 0 && (_left.ContainsKey(p.Entry.Number) || isWanted(p.Entry.Number)))
            .Sum(p => Math.Max(0, Dense(page, p) - (_left.TryGetValue(p.Entry.Number, out var left) ? left.Unlisted : p.Entry.Room)));

    /// <summary>The page's chunks are to come.</summary>
    internal void List(ManifestPage page)
    {
        if (page.Parts is [.., var last])
            _open = (last.Entry.Number, last.Entry.Size - last.FirstOffset - page.ChunksOf(last).Sum(c => (long)c.Length));
        foreach (var part in page.Parts.Where(p => p.Entry.ZeroBytes > 0))
        {
            if (!_left.TryGetValue(part.Entry.Number, out var left))
                continue;
            var dense = Dense(page, part);
            var excess = Math.Max(0, dense - left.Unlisted);
            _left[part.Entry.Number] = left with { Dense = left.Dense + excess, Zeros = Math.Max(0, left.Zeros - excess), Unlisted = left.Unlisted + excess - dense };
            Bytes += excess;
        }
    }

    /// <returns>bytes that are no longer to come: none for a file that had its room before</returns>
    internal long Write(ChunkLocation chunk)
    {
        if (!_left.TryGetValue(chunk.Entry.Number, out var left))
            return 0;
        var zeros = ZeroChunk.Is(chunk) ? Math.Min(left.Zeros, chunk.Length) : 0;
        var dense = Math.Min(left.Dense, chunk.Length - zeros);
        left = left with { Dense = left.Dense - dense, Zeros = left.Zeros - zeros };
        if (left is { Dense: 0, Zeros: 0 })
            _left.Remove(chunk.Entry.Number);
        else
            _left[chunk.Entry.Number] = left;
        Bytes -= dense;
        return dense;
    }

    /// <summary>The file is left out.</summary>
    /// <returns>bytes that are no longer to come</returns>
    internal long Drop(uint file)
    {
        if (!_left.Remove(file, out var left))
            return 0;
        Bytes -= left.Dense;
        return left.Dense;
    }

    private static long Dense(ManifestPage page, PagePart part) => page.ChunksOf(part).Where(c => !ZeroChunk.Is(c)).Sum(c => (long)c.Length);
}
