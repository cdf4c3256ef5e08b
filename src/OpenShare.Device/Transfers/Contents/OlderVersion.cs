using System.Security.Cryptography;
using OpenShare.Device.Memory;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Device.Transfers.Contents;

/// <summary>
/// A file that may be an older version of one that arrives, cut as that one was. It is read and hashed once, and no further than
/// what arrives has come: a large one holds nobody up.
/// </summary>
/// <param name="read">fills a buffer from an offset; false: the file is not what it was</param>
/// <param name="size">bytes</param>
/// <param name="newSize">of the file that arrives, as its sender says: so that a small claim costs little</param>
internal sealed class OlderVersion(Func<long, Memory<byte>, bool> read, long size, long newSize)
{
    // What was taken out of the file before here moved the rest of it nearer by no more than this.
    private const long MostAhead = 64L * 1024 * 1024;

    // 32 bytes each: of a file beyond some 128 GiB the rest is taken for new.
    private const int MostChunks = 256 * 1024;

    private const int Block = 2 * ContentCut.Most;

    private readonly Dictionary<(long Hash, int Length), long> _offsets = [];
    private long _cut;
    private bool _isGone;

    /// <summary>Fills the buffer with the chunk's bytes, if the older version has them.</summary>
    /// <param name="isWanted">whether the bytes that were read are those</param>
    internal bool TryRead(ChunkLocation chunk, Memory<byte> into, Predicate<ReadOnlyMemory<byte>> isWanted)
    {
        CutTo(Math.Min(size, chunk.Offset + chunk.Length + Math.Min(MostAhead, newSize)));
        return _offsets.TryGetValue((ContentIndex.Start(chunk.Sha256.Span), chunk.Length), out var offset) && read(offset, into) && isWanted(into);
    }

    private void CutTo(long end)
    {
        if (_cut >= end || _isGone || _offsets.Count >= MostChunks)
            return;
        var buffer = LargeBuffers.Pool.Rent(Block);
        try
        {
            while (_cut < end && !_isGone)
                CutBlock(buffer.AsMemory(0, (int)Math.Min(Block, size - _cut)));
        }
        finally
        {
            LargeBuffers.Pool.Return(buffer);
        }
    }

    private void CutBlock(Memory<byte> block)
    {
        _isGone = !read(_cut, block);
        var isLast = _cut + block.Length == size;
        for (var rest = block.Span; !_isGone && ContentCut.KnownLength(rest, isLast) is > 0 and var length; rest = rest[length..])
        {
            _offsets.TryAdd((ContentIndex.Start(SHA256.HashData(rest[..length])), length), _cut);
            _cut += length;
        }
    }
}
