using System.Buffers;
using System.Security.Cryptography;
using OpenShare.Protocol.Transfer;

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
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(file.Size - first * chunkSize, 0, chunkSize));
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
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new DiskResult<IReadOnlyList<HashedChunk>>(chunks);
    }

    /// <summary>Cuts by <see cref="ContentCut"/> and hashes some chunks of a file from this byte on, where one begins.</summary>
    /// <returns>at least one chunk; or that the file changed, is gone or cannot be read</returns>
    public static DiskResult<IReadOnlyList<HashedChunk>> HashContentCut(this ISource source, SourceEntry file, long offset)
    {
        var length = (int)Math.Min(4 * ContentCut.Most, file.Size - offset);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var read = source.Read(file.Path, file.Identity, offset, [buffer.AsMemory(0, length)]);
            if (!read.IsDone)
                return new DiskResult<IReadOnlyList<HashedChunk>>(read);
            var chunks = new List<HashedChunk>();
            // What is too short to be cut is read again as the next one's beginning.
            var least = offset + length == file.Size ? 1 : ContentCut.Most;
            for (var rest = buffer.AsSpan(0, length); rest.Length >= least; rest = rest[chunks[^1].Length..])
                chunks.Add(Hash(rest[..ContentCut.Length(rest)]));
            return new DiskResult<IReadOnlyList<HashedChunk>>(chunks);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static HashedChunk Hash(ReadOnlySpan<byte> chunk) => new(SHA256.HashData(chunk), chunk.Length);
}
