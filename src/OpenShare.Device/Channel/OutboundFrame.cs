using Google.Protobuf;
using OpenShare.Device.Memory;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Channel;

/// <summary>
/// A frame of chunks to be sent, in one pooled buffer laid out as records, so that files are read straight to
/// where they are encrypted and sent from: one head record, then records of at most 256 KiB of chunk bytes.
/// </summary>
public sealed class OutboundFrame : IDisposable
{
    private readonly ChunkFrame _head;
    private readonly int _headSize;
    private readonly long _chunkBytes;
    private byte[]? _buffer;

    private OutboundFrame(ChunkFrame head)
    {
        _head = head;
        _headSize = head.CalculateSize();
        foreach (var chunk in head.Chunks)
            _chunkBytes += chunk.Length;
        if (head.Chunks.Count is 0 or > Limits.FrameChunks || _chunkBytes > Limits.FrameBytes)
            throw new ArgumentException($"A frame holds 1 to {Limits.FrameChunks} chunks of at most {Limits.FrameBytes} bytes in all.", nameof(head));
        var records = (int)((_chunkBytes + Limits.RecordPlaintext - 1) / Limits.RecordPlaintext);
        Size = _headSize + RecordHeader.Overhead + (int)_chunkBytes + records * RecordHeader.Overhead;
        _buffer = LargeBuffers.Pool.Rent(Size);
    }

    /// <summary>Bytes of the frame on the wire.</summary>
    public int Size { get; }

    public ChunkFrame Head => _head;

    internal ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, Size);

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(OutboundFrame));

    /// <summary>Rents a buffer for these chunks.</summary>
    public static OutboundFrame Rent(ChunkFrame head) => new(head);

    /// <summary>Where chunk <paramref name="index"/> of the frame is to be written: one or more stretches, in order (for a scattering read).</summary>
    public IReadOnlyList<Memory<byte>> Space(int index)
    {
        var start = 0L;
        for (var i = 0; i < index; i++)
            start += _head.Chunks[i].Length;
        var left = (int)_head.Chunks[index].Length;
        var stretches = new List<Memory<byte>>(left / Limits.RecordPlaintext + 2);
        while (left > 0)
        {
            var (record, offset) = ((int)(start / Limits.RecordPlaintext), (int)(start % Limits.RecordPlaintext));
            var length = Math.Min(left, Limits.RecordPlaintext - offset);
            stretches.Add(Buffer.AsMemory(RecordStart(record) + RecordHeader.Size + offset, length));
            start += length;
            left -= length;
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

    internal void Seal(SecureChannel channel)
    {
        _head.WriteTo(Buffer.AsSpan(RecordHeader.Size, _headSize));
        channel.Seal(RecordType.ChunkHead, Buffer.AsSpan(0, _headSize + RecordHeader.Overhead));
        for (long done = 0, record = 0; done < _chunkBytes; record++)
        {
            var length = (int)Math.Min(Limits.RecordPlaintext, _chunkBytes - done);
            channel.Seal(RecordType.ChunkBytes, Buffer.AsSpan(RecordStart((int)record), length + RecordHeader.Overhead));
            done += length;
        }
    }

    private int RecordStart(int record) =>
        _headSize + RecordHeader.Overhead + record * (Limits.RecordPlaintext + RecordHeader.Overhead);
}
