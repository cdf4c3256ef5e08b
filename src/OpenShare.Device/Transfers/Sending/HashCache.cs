using System.Security.Cryptography;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Storage.Disk.Sending;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers.Sending;

/// <summary>
/// The hashes of files that were read before and have not changed since, kept in stretches of so many chunks. What is
/// new goes to the database in batches. For one thread at a time.
/// </summary>
internal sealed class HashCache(IHashStore store, TimeProvider time)
{
    /// <summary>Below this a file is hashed as quickly as it is looked up.</summary>
    internal const long SmallestFile = 64 * 1024;

    /// <summary>1 GiB of a file, 32 KiB of hashes.</summary>
    internal const int StretchChunks = 1024;

    private const int Batch = 256;

    // Within so much a change may leave the times of a file as they were: file systems keep them in steps of up to 2 s.
    private static readonly TimeSpan Unsure = TimeSpan.FromSeconds(2);

    private readonly List<HashedStretch> _new = [];
    private readonly List<byte> _hashes = [];
    private FileIdentity _hashing;
    private DateTimeOffset _begunAt;

    // Such a stretch is not kept: it is found again as quickly as it would be looked up.
    private bool _isAllHole;
    private (FileIdentity File, long Stretch, byte[]? Hashes) _found;

    internal ContentCutHashes ContentCut { get; } = new(store, time);

    /// <returns>at most so many chunks from this one on; null: they have to be hashed</returns>
    internal IReadOnlyList<HashedChunk>? Find(SourceEntry file, long first, int count)
    {
        if (!IsKept(file))
            return null;
        var stretch = first / StretchChunks;
        if (_found.File != file.Identity || _found.Stretch != stretch)
            _found = (file.Identity, stretch, store.Find(file.Identity, stretch, Limits.DefaultChunk));
        var at = (int)(first % StretchChunks);
        if (_found.Hashes is not { } hashes || hashes.Length != ChunksOf(file, stretch) * SHA256.HashSizeInBytes)
            return null;
        return [.. Enumerable.Range(0, Math.Min(count, ChunksOf(file, stretch) - at)).Select(i => new HashedChunk(
            hashes[((at + i) * SHA256.HashSizeInBytes)..((at + i + 1) * SHA256.HashSizeInBytes)], Length(file, first + i)))];
    }

    /// <summary>Before these chunks are read to be hashed.</summary>
    internal void Begin(SourceEntry file, long first)
    {
        if (first % StretchChunks != 0)
            return;
        _hashes.Clear();
        (_hashing, _begunAt, _isAllHole) = (file.Identity, time.GetUtcNow(), true);
    }

    /// <summary>What came of it. A stretch is kept once it is hashed whole.</summary>
    internal void Add(SourceEntry file, long first, IReadOnlyList<HashedChunk> chunks)
    {
        var stretch = first / StretchChunks;
        if (!IsKept(file) || _hashing != file.Identity || _hashes.Count != first % StretchChunks * SHA256.HashSizeInBytes)
            return;
        foreach (var chunk in chunks)
        {
            _hashes.AddRange(chunk.Sha256);
            _isAllHole &= chunk.IsHole;
        }
        if (_hashes.Count < ChunksOf(file, stretch) * SHA256.HashSizeInBytes)
            return;
        if (!_isAllHole && IsSettled(file.Identity, _begunAt))
            _new.Add(new HashedStretch(file.Identity, stretch, Limits.DefaultChunk, [.. _hashes]));
        _hashes.Clear();
        if (_new.Count >= Batch || file.Size > (long)StretchChunks * Limits.DefaultChunk)
            Flush();
    }

    internal void Flush()
    {
        if (_new.Count == 0)
            return;
        Keep(store, _new);
        _new.Clear();
    }

    /// <summary>What finds no room is hashed again the next time.</summary>
    internal static void Keep(IHashStore store, IReadOnlyCollection<HashedStretch> stretches)
    {
        try
        {
            store.Save(stretches);
        }
        catch (StorageFullException) { }
    }

    // Where a file has no number of its own, it could be taken for another.
    private static bool IsKept(SourceEntry file) => file.Size >= SmallestFile && file.Identity.Inode != 0;

    /// <summary>It was left alone for so long before this time that a change since shows.</summary>
    internal static bool IsSettled(FileIdentity file, DateTimeOffset time) =>
        DateTimeOffset.UnixEpoch.AddTicks((file.CtimeNs != 0 ? file.CtimeNs : file.MtimeNs) / TimeSpan.NanosecondsPerTick) + Unsure <= time;

    private static int ChunksOf(SourceEntry file, long stretch) =>
        (int)Math.Min(StretchChunks, (file.Size + Limits.DefaultChunk - 1) / Limits.DefaultChunk - stretch * StretchChunks);

    private static int Length(SourceEntry file, long chunk) => (int)Math.Min(Limits.DefaultChunk, file.Size - chunk * Limits.DefaultChunk);
}
