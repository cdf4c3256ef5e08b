using System.Security.Cryptography;
using OpenShare.Device.Memory;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receiving;

namespace OpenShare.Device.Transfers.Contents;

/// <summary>
/// Copies into the staging place what of a page this device has elsewhere: chunks of files it received or sent, and of an older
/// version of the same file. Only what was read and has the page's hash is written. Zeros, which everybody has, become holes.
/// Calls block: one at a time, on a worker.
/// </summary>
/// <param name="index">null: of what this device has nothing but zeros is used</param>
internal sealed class ChunkReuse(ContentIndex? index, IDestination destination, StandingFiles standing)
{
    private readonly HashSet<uint> _leftOut = [];
    private (uint Entry, OlderVersion? Version)? _older;

    /// <returns>the chunks that are written; where the disk is full, those before it was</returns>
    internal IReadOnlyList<ChunkLocation> Copy(ManifestPage page, IReadOnlyList<ChunkRange> found, IEnumerable<uint> leftOut)
    {
        _leftOut.UnionWith(leftOut);
        var copied = new List<ChunkLocation>();
        var wanted = page.Parts.Where(p => ContentIndex.IsKept(p.Entry) && !_leftOut.Contains(p.Entry.Number) && !standing.IsSame(p.Entry.Number));
        var missing = wanted.SelectMany(page.ChunksOf).Where(c => !found.Any(f => f.First <= c.Ordinal && c.Ordinal < f.End)).ToLookup(ZeroChunk.Is);
        foreach (var hole in Runs(missing[true]))
        {
            var made = destination.Clear(DestinationEntries.From(hole[0].Entry), hole[0].Offset, hole.Sum(c => (long)c.Length));
            if (made.IsOfDisk)
                return copied;
            if (made.IsDone)
                copied.AddRange(hole);
        }
        if (index is null)
            return copied;
        var chunks = missing[false].ToList();
        var known = index.Known([.. chunks.Select(c => ContentIndex.Start(c.Sha256.Span))]);
        foreach (var chunk in chunks)
        {
            switch (Copy(index, chunk, known))
            {
                case { IsDone: true }:
                    copied.Add(chunk);
                    break;
                case { IsOfDisk: true }:
                    return copied;
            }
        }
        return copied;
    }

    /// <summary>Copies within the transfer.</summary>
    /// <returns>the chunks that are written; where the disk is full, those before it was</returns>
    internal IReadOnlyList<ChunkLocation> Copy(IEnumerable<RepeatedChunk> repeated)
    {
        var copied = new List<ChunkLocation>();
        // Each is read once, wherever it goes.
        foreach (var group in repeated.GroupBy(r => r.There.Ordinal))
        {
            var there = group.First().There;
            var buffer = LargeBuffers.Pool.Rent(there.Length);
            try
            {
                var bytes = buffer.AsMemory(0, there.Length);
                if (!destination.Read(DestinationEntries.From(there.Entry), there.Offset, bytes).IsDone || !IsOf(there, bytes))
                    continue;
                foreach (var chunk in group.Select(r => r.Missing))
                {
                    var written = destination.Write(DestinationEntries.From(chunk.Entry), chunk.Offset, [bytes]);
                    if (written.IsDone)
                        copied.Add(chunk);
                    else if (written.IsOfDisk)
                        return copied;
                }
            }
            finally
            {
                LargeBuffers.Pool.Return(buffer);
            }
        }
        return copied;
    }

    private static bool IsOf(ChunkLocation chunk, ReadOnlyMemory<byte> bytes) => SHA256.HashData(bytes.Span).AsSpan().SequenceEqual(chunk.Sha256.Span);

    // Chunks that follow each other in one file.
    private static IEnumerable<List<ChunkLocation>> Runs(IEnumerable<ChunkLocation> chunks)
    {
        var run = new List<ChunkLocation>();
        foreach (var chunk in chunks)
        {
            if (run.Count > 0 && (run[^1].Entry != chunk.Entry || run[^1].Ordinal + 1 != chunk.Ordinal))
            {
                yield return run;
                run = [];
            }
            run.Add(chunk);
        }
        if (run.Count > 0)
            yield return run;
    }

    private DiskResult? Copy(ContentIndex index, ChunkLocation chunk, IReadOnlySet<long> known)
    {
        var buffer = LargeBuffers.Pool.Rent(chunk.Length);
        try
        {
            var bytes = buffer.AsMemory(0, chunk.Length);
            var isThere = known.Contains(ContentIndex.Start(chunk.Sha256.Span)) && index.TryRead(chunk, bytes, IsWanted);
            return isThere || Older(index, chunk.Entry)?.TryRead(chunk, bytes, IsWanted) == true
                ? destination.Write(DestinationEntries.From(chunk.Entry), chunk.Offset, [bytes])
                : null;
        }
        finally
        {
            LargeBuffers.Pool.Return(buffer);
        }

        bool IsWanted(ReadOnlyMemory<byte> bytes) => IsOf(chunk, bytes);
    }

    // Of one file at a time: the chunks of a file follow each other.
    private OlderVersion? Older(ContentIndex index, TransferEntry entry)
    {
        if (!entry.IsContentCut)
            return null;
        if (_older is not { } known || known.Entry != entry.Number)
            _older = known = (entry.Number, FindOlder(index, DestinationEntries.From(entry)));
        return known.Version;
    }

    private OlderVersion? FindOlder(ContentIndex index, DestinationEntry entry)
    {
        FileIdentity identity = default;
        // What cannot be looked at is of no use, and no harm.
        DiskFault.Guard(entry.Path, () => { identity = destination.Look(entry).Identity; });
        if (identity.Size > 0)
            return new OlderVersion((offset, into) => destination.ReadStanding(entry, identity, offset, into).IsDone, identity.Size, entry.Size);
        return index.Named(Path.GetFileName(entry.Path)) is { } file
            ? new OlderVersion((offset, into) => index.TryRead(file, offset, into), file.Size, entry.Size)
            : null;
    }
}
