using System.Buffers.Binary;
using System.Security.Cryptography;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Storage.Disk.Sending;
using OpenShare.Protocol.Transfer.Chunks;

namespace OpenShare.Device.Transfers.Sending;

/// <summary>
/// The chunks of files that were cut by their content, kept as <see cref="HashCache"/> keeps those of others: one row a file,
/// 36 bytes a chunk, its hash and its length. For one thread at a time.
/// </summary>
internal sealed class ContentCutHashes(IHashStore store, TimeProvider time)
{
    // In the column that has the length of all others' chunks.
    private const int ByContent = 0;

    // Some 19 GiB of a file: a larger one is hashed again.
    private const int MostChunks = 32 * 1024;

    private const int ChunkBytes = SHA256.HashSizeInBytes + sizeof(int);
    private const int AtOnce = 64;

    private readonly List<byte> _new = [];
    private (FileIdentity File, DateTimeOffset BegunAt, long Offset) _hashing;
    private (FileIdentity File, IReadOnlyList<HashedChunk> Chunks, int Next, long Offset) _found;

    /// <returns>some chunks from this byte on; null: they have to be hashed</returns>
    internal IReadOnlyList<HashedChunk>? Find(SourceEntry file, long offset)
    {
        if (offset == 0)
            _found = (file.Identity, file.Identity.Inode == 0 ? [] : Parse(store.Find(file.Identity, 0, ByContent) ?? [], file.Size), 0, 0);
        if (_found.File != file.Identity || _found.Offset != offset || _found.Next == _found.Chunks.Count)
            return null;
        HashedChunk[] chunks = [.. _found.Chunks.Skip(_found.Next).Take(AtOnce)];
        _found = _found with { Next = _found.Next + chunks.Length, Offset = offset + chunks.Sum(c => (long)c.Length) };
        return chunks;
    }

    /// <summary>Before what is at this byte is read to be hashed.</summary>
    internal void Begin(SourceEntry file, long offset)
    {
        if (offset != 0)
            return;
        _new.Clear();
        _hashing = (file.Identity, time.GetUtcNow(), 0);
    }

    /// <summary>What came of it. A file is kept once it is hashed whole.</summary>
    internal void Add(SourceEntry file, long offset, IReadOnlyList<HashedChunk> chunks)
    {
        if (file.Identity.Inode == 0 || _hashing.File != file.Identity || _hashing.Offset != offset || _new.Count / ChunkBytes + chunks.Count > MostChunks)
            return;
        foreach (var chunk in chunks)
        {
            _new.AddRange(chunk.Sha256);
            var length = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, chunk.Length);
            _new.AddRange(length);
            _hashing.Offset += chunk.Length;
        }
        if (_hashing.Offset == file.Size && HashCache.IsSettled(file.Identity, _hashing.BegunAt))
            HashCache.Keep(store, [new HashedStretch(file.Identity, 0, ByContent, [.. _new])]);
    }

    // What does not add up is as good as nothing.
    private static HashedChunk[] Parse(byte[] kept, long size)
    {
        if (kept.Length % ChunkBytes != 0)
            return [];
        HashedChunk[] chunks = [.. kept.Chunk(ChunkBytes).Select(c => new HashedChunk(c[..SHA256.HashSizeInBytes], BinaryPrimitives.ReadInt32BigEndian(c.AsSpan(SHA256.HashSizeInBytes))))];
        return chunks.All(c => c.Length is > 0 and <= ContentCut.Most) && chunks.Sum(c => (long)c.Length) == size ? chunks : [];
    }
}
