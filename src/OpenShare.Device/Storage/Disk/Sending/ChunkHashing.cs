using System.Buffers;
using System.Security.Cryptography;

namespace OpenShare.Device.Storage.Disk.Sending;

/// <param name="Sha256">32 bytes</param>
public readonly record struct HashedChunk(byte[] Sha256, int Length);

public static class ChunkHashing
{
    /// <summary>Hashes at most <paramref name="count"/> chunks of a file from chunk <paramref name="first"/> on.</summary>
    /// <returns>the chunks, fewer at the file's end; or that the file changed, is gone or cannot be read</returns>
    public static DiskResult<IReadOnlyList<HashedChunk>> Hash(this ISource source, SourceEntry file, int chunkSize, long first, int count)
    {
        var chunks = new List<HashedChunk>();
        var buffer = ArrayPool<byte>.Shared.Rent(chunkSize);
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
}
