using System.Security.Cryptography;
using OpenShare.Device.Memory;
using OpenShare.Protocol.Transfer.Chunks;

namespace OpenShare.Device.Storage.Disk.Sending;

/// <param name="Sha256">32 bytes</param>
/// <param name="IsHole">zeros that nobody had to read</param>
public readonly record struct HashedChunk(byte[] Sha256, int Length, bool IsHole = false);

public static class ChunkHashing
{
    /// <summary>Hashes at most <paramref name="count"/> chunks of a file from chunk <paramref name="first"/> on.</summary>
    /// <returns>the chunks, fewer at the file's end; or that the file changed, is gone or cannot be read</returns>
    public static DiskResult<IReadOnlyList<HashedChunk>> Hash(this ISource source, SourceEntry file, int chunkSize, long first, int count)
    {
        var chunks = new List<HashedChunk>();
        var buffer = LargeBuffers.Pool.Rent((int)Math.Clamp(file.Size - first * chunkSize, 0, chunkSize));
        try
        {
            for (var offset = first * chunkSize; offset < file.Size && chunks.Count < count; offset += chunkSize)
            {
                var chunk = buffer.AsMemory(0, (int)Math.Min(chunkSize, file.Size - offset));
                var read = source.Read(file.Path, file.Identity, offset, [chunk]);
                if (!read.IsDone)
                    return new DiskResult<IReadOnlyList<HashedChunk>>(read);
                chunks.Add(new HashedChunk(SHA256.HashData(chunk.Span), chunk.Length));
            }
        }
        finally
        {
            LargeBuffers.Pool.Return(buffer);
        }

        return new DiskResult<IReadOnlyList<HashedChunk>>(chunks);
    }

    /// <summary>Cuts by <see cref="ContentCut"/> and hashes some chunks of a file from this byte on, where one begins.</summary>
    /// <returns>at least one chunk; or that the file changed, is gone or cannot be read</returns>
    public static DiskResult<IReadOnlyList<HashedChunk>> HashContentCut(this ISource source, SourceEntry file, long offset)
    {
        var length = (int)Math.Min(2 * ContentCut.Most, file.Size - offset);
        var buffer = LargeBuffers.Pool.Rent(length);
        try
        {
            var read = source.Read(file.Path, file.Identity, offset, [buffer.AsMemory(0, length)]);
            if (!read.IsDone)
                return new DiskResult<IReadOnlyList<HashedChunk>>(read);
            var chunks = new List<HashedChunk>();
            // What has no end here yet is read again as the next one's beginning.
            var isLast = offset + length == file.Size;
            for (var rest = buffer.AsSpan(0, length); ContentCut.KnownLength(rest, isLast) is > 0 and var cut; rest = rest[cut..])
                chunks.Add(Hash(rest[..cut]));
            return new DiskResult<IReadOnlyList<HashedChunk>>(chunks);
        }
        finally
        {
            LargeBuffers.Pool.Return(buffer);
        }
    }

    private static HashedChunk Hash(ReadOnlySpan<byte> chunk) => new(SHA256.HashData(chunk), chunk.Length);
}
