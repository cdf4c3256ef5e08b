using System.Security.Cryptography;
using OpenShare.Device.Memory;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;
using ChunkMap = OpenShare.Protocol.Transfer.Chunks.ChunkMap;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>
/// What of a transfer stands in the destination already under its own path: files of the same size are read and hashed
/// as their pages come, and what is the same need not travel. Calls block: one at a time, on a worker.
/// </summary>
internal sealed class StandingFiles(IDestination destination)
{
    private readonly Dictionary<uint, FileIdentity> _files = [];
    private readonly HashSet<uint> _same = [];
    private readonly ChunkMap _found = new();
    private readonly Dictionary<string, StandingKind> _tops = [];
    private readonly TreeCopies _copies = new();
    private (uint File, FileStretch Stretch) _hole;

    // Until a settlement is done with them: one that finds no room is begun anew.
    private readonly List<long> _lost = [];

    /// <summary>Chunks whose bytes stand in the destination.</summary>
    internal IEnumerable<ChunkRange> Found => _found.Ranges();

    /// <summary>Of what is listed so far all stands there: nothing of it was prepared.</summary>
    internal bool IsSame(uint file) => _same.Contains(file);

    /// <summary>Room for what is to be copied, of all that was looked at so far.</summary>
    internal long CopiedBytes => _copies.Asked;

    /// <param name="leftOut">entries that are not wanted</param>
    internal PageLook Look(ManifestPage page, ConflictPolicy policy, IReadOnlySet<uint> leftOut)
    {
        var (found, notStored, toPrepare) = (new List<ChunkRange>(), new List<EntryNote.NotStored>(), new List<DestinationEntry>());
        foreach (var part in page.Parts.Where(p => !leftOut.Contains(p.Entry.Number)))
        {
            var entry = DestinationEntries.From(part.Entry);
            if (!part.Continued && Judge(entry, policy) is { } objection)
            {
                notStored.Add(objection);
                continue;
            }

            var wasSame = _same.Contains(entry.EntryNo);
            if (wasSame && FindChunks(page, part, found) < part.ChunkCount)
            {
                _same.Remove(entry.EntryNo);
                _copies.Part(entry);
                if (policy is ConflictPolicy.Skip)
                {
                    notStored.Add(Taken(entry));
                    continue;
                }
            }

            // A file that goes on was prepared when it was first seen to be none of those that stand there.
            if (!_same.Contains(entry.EntryNo) && (wasSame || !part.Continued))
                toPrepare.Add(entry);
        }
        return new PageLook(found, notStored, toPrepare, policy is ConflictPolicy.Rename ? _copies.Ask() : 0);
    }

    /// <summary>All pages are there. What stands there and stays is told; what is wanted elsewhere is copied to the staging place.</summary>
    /// <param name="over">nobody wants it any more, and whatever comes of it</param>
    internal Settlement Settle(IEnumerable<DestinationEntry> entries, Manifest manifest, ConflictPolicy policy, CancellationToken over = default)
    {
        if (_tops.Values.All(k => k is StandingKind.Nothing))
            return new Settlement(DiskResult.Done, new HashSet<uint>(), []);
        var changed = entries.Where(e => _same.Contains(e.EntryNo) && !IsUnchanged(e)).Select(e => e.EntryNo).ToHashSet();
        var there = There(entries, policy, changed);
        var toCopy = entries.Where(e => _files.ContainsKey(e.EntryNo) && !there.Contains(e.EntryNo)).ToList();
        var prepared = destination.Prepare([.. toCopy.Where(e => _same.Contains(e.EntryNo))]);
        if (!prepared.Result.IsDone)
            return new Settlement(prepared.Result, there, []);
        foreach (var file in changed)
        {
            _same.Remove(file);
            Lose(manifest.Entries[(int)file].Chunks);
        }

        foreach (var file in toCopy)
        {
            _same.Remove(file.EntryNo);
            var chunks = manifest.Entries[(int)file.EntryNo].Chunks;
            foreach (var ordinal in _found.Ranges(chunks.First, chunks.End).SelectMany(Ordinals).ToList())
            {
                if (over.IsCancellationRequested)
                    return new Settlement(DiskResult.Done, there, []);
                var result = Copy(file, manifest.Locate(ordinal));
                if (result.IsOfDisk)
                    return new Settlement(result, there, []);
                if (!result.IsDone)
                    Lose(new ChunkRange(ordinal, 1));
            }
        }
        // What could not be prepared is missed, and said by name, when it is to be placed.
        long[] lost = [.. _lost];
        _lost.Clear();
        return new Settlement(DiskResult.Done, there, lost);
    }

    // What the sender's wish makes of what stands there, before anything of it travels. Remembers files that may be the same.
    private EntryNote.NotStored? Judge(DestinationEntry entry, ConflictPolicy policy)
    {
        var isTop = !entry.Path.Contains('/', StringComparison.Ordinal);
        var top = isTop ? default : _tops.GetValueOrDefault(EntryPath.Top(entry.Path));
        // A tree of which no part is there, or that gets another name, has nothing to be compared with.
        if (!isTop && (top is StandingKind.Nothing || top is not StandingKind.Same && policy is not ConflictPolicy.Skip))
            return null;
        var standing = destination.Look(entry);
        if (standing.Kind is not StandingKind.Same)
            _copies.Miss(entry);
        if (isTop)
            _tops[entry.Path] = standing.Kind;
        switch (standing.Kind)
        {
            case StandingKind.Same when entry.Kind is EntryKind.EntryFile:
                _files.Add(entry.EntryNo, standing.Identity);
                _same.Add(entry.EntryNo);
                _copies.Add(entry);
                return null;
            case StandingKind.Replaceable or StandingKind.InTheWay when policy is ConflictPolicy.Skip:
                return Taken(entry);
            case StandingKind.InTheWay when policy is ConflictPolicy.Overwrite && !isTop:
                return new EntryNote.Refused(entry.EntryNo, $"{entry.Path}: something else stands there that is not replaced");
            default:
                return null;
        }
    }

    private static EntryNote.Skipped Taken(DestinationEntry entry) => new(entry.EntryNo, $"{entry.Path}: the name is taken");

    /// <returns>how many of the part's chunks, from the first on, are the same</returns>
    private int FindChunks(ManifestPage page, PagePart part, List<ChunkRange> found)
    {
        var (file, identity) = (DestinationEntries.From(part.Entry), _files[part.Entry.Number]);
        var count = 0;
        foreach (var chunk in page.ChunksOf(part))
        {
            if (!IsHole(file, identity, chunk) && !Read(file, identity, chunk, (_, _) => DiskResult.Done).IsDone)
                break;
            count++;
        }
        if (count > 0)
        {
            found.Add(new ChunkRange(part.FirstOrdinal, count));
            _found.Add(found[^1]);
        }
        return count;
    }

    // What are zeros on either side need not be read. Whether it changed since is looked at at the end, as of the rest.
    private bool IsHole(DestinationEntry file, FileIdentity identity, ChunkLocation chunk)
    {
        if (!ZeroChunk.Is(chunk))
            return false;
        if (_hole.File != file.EntryNo || chunk.Offset >= _hole.Stretch.End)
            _hole = (file.EntryNo, destination.StretchOfStanding(file, identity, chunk.Offset) ?? default);
        return _hole.Stretch.IsHole && chunk.Offset + chunk.Length <= _hole.Stretch.End;
    }

    private HashSet<uint> There(IEnumerable<DestinationEntry> entries, ConflictPolicy policy, HashSet<uint> changed)
    {
        var there = new HashSet<uint>();
        foreach (var top in entries.GroupBy(e => EntryPath.Top(e.Path)).Where(t => _tops.GetValueOrDefault(t.Key) is not StandingKind.Nothing))
        {
            var standing = top.Where(IsThere).Select(e => e.EntryNo);
            if (policy is not ConflictPolicy.Rename || top.All(IsThere))
                there.UnionWith(standing);
        }
        return there;

        bool IsThere(DestinationEntry entry) => entry.Kind is EntryKind.EntryFile
            ? _same.Contains(entry.EntryNo) && !changed.Contains(entry.EntryNo)
            : destination.Look(entry).Kind is StandingKind.Same;
    }

    private bool IsUnchanged(DestinationEntry file) =>
        destination.Look(file) is { Kind: StandingKind.Same } standing && standing.Identity == _files[file.EntryNo];

    private DiskResult Copy(DestinationEntry file, ChunkLocation chunk) =>
        ZeroChunk.Is(chunk) ? destination.Clear(file, chunk.Offset, chunk.Length)
        : Read(file, _files[file.EntryNo], chunk, (entry, bytes) => destination.Write(entry, chunk.Offset, [bytes]));

    private DiskResult Read(DestinationEntry file, FileIdentity identity, ChunkLocation chunk, Func<DestinationEntry, ReadOnlyMemory<byte>, DiskResult> then)
    {
        var buffer = LargeBuffers.Pool.Rent(chunk.Length);
        try
        {
            var bytes = buffer.AsMemory(0, chunk.Length);
            var read = destination.ReadStanding(file, identity, chunk.Offset, bytes);
            if (!read.IsDone)
                return new DiskResult(DiskProblem.Changed, read.Detail);
            return SHA256.HashData(bytes.Span).AsSpan().SequenceEqual(chunk.Sha256.Span) ? then(file, bytes) : new DiskResult(DiskProblem.Changed, "");
        }
        finally
        {
            LargeBuffers.Pool.Return(buffer);
        }
    }

    private void Lose(ChunkRange chunks)
    {
        _lost.AddRange(_found.Ranges(chunks.First, chunks.End).SelectMany(Ordinals));
        _found.Remove(chunks);
    }

    private static IEnumerable<long> Ordinals(ChunkRange range)
    {
        for (var ordinal = range.First; ordinal < range.End; ordinal++)
            yield return ordinal;
    }
}

/// <summary>What of a page stands in the destination, and what is to be prepared for the rest.</summary>
/// <param name="Found">its chunks that need not travel</param>
/// <param name="NotStored">entries that have no place, or want none</param>
/// <param name="CopiedBytes">more room for what stands there and is to be copied; below 0: less, as that is among what is to be prepared</param>
internal sealed record PageLook(
    IReadOnlyList<ChunkRange> Found, IReadOnlyList<EntryNote.NotStored> NotStored, IReadOnlyList<DestinationEntry> ToPrepare, long CopiedBytes = 0)
{
    /// <summary>Room for the files to be prepared, as their sender claims, and for the copies. Capped at <see cref="long.MaxValue"/>.</summary>
    internal long Bytes => Math.Max(0, ClaimedSizes.Sum([.. ToPrepare.Select(e => e.Room), Math.Max(0, CopiedBytes)]) + Math.Min(0, CopiedBytes));
}

/// <summary>What comes of what stands there, once all has arrived.</summary>
/// <param name="There">entries that are left as they stand</param>
/// <param name="Lost">chunks that stood there and are not there any more</param>
internal sealed record Settlement(DiskResult Result, IReadOnlySet<uint> There, IReadOnlyList<long> Lost);
