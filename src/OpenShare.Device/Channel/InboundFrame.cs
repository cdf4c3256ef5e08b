using OpenShare.Device.Memory;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Channel;

/// <summary>A frame of chunks that arrived, decrypted in place in a pooled buffer.</summary>
public sealed class InboundFrame : IDisposable
{
    private readonly (int Start, int Length)[] _records;
    private byte[]? _buffer;

    /// <param name="records">where the chunk bytes of each record lie in the buffer, in order</param>
    internal InboundFrame(ChunkFrame head, byte[] buffer, (int Start, int Length)[] records)
    {
        Head = head;
        _buffer = buffer;
        _records = records;
    }

    public ChunkFrame Head { get; }

    /// <summary>The bytes of chunk <paramref name="index"/>: one or more stretches, in order (for hashing and a gathering write).</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Bytes(int index)
    {
        var buffer = _buffer ?? throw new ObjectDisposedException(nameof(InboundFrame));
        var skip = 0L;
        for (var i = 0; i < index; i++)
            skip += Head.Chunks[i].Length;
        var left = (int)Head.Chunks[index].Length;
        var stretches = new List<ReadOnlyMemory<byte>>(_records.Length);
        foreach (var (start, length) in _records)
        {
            if (left == 0)
                break;
            if (skip >= length)
            {
                skip -= length;
                continue;
            }
            var taken = (int)Math.Min(left, length - skip);
            stretches.Add(buffer.AsMemory(start + (int)skip, taken));
            left -= taken;
            skip = 0;
        }
        return stretches;
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_buffer is { } buffer)
            LargeBuffers.Pool.Return(buffer);
        _buffer = null;
    }
}
