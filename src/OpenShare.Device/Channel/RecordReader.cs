using OpenShare.Device.Memory;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Channel;

/// <summary>
/// Reads records from a connection and opens them in place. A frame's bytes are read once, straight into the
/// pooled buffer that is handed on: only what a first small read took too much of is ever copied.
/// </summary>
internal sealed class RecordReader(ITransportConnection connection, SecureChannel channel)
{
    // Enough for any acknowledgement and for a frame's head; what it takes of the bytes behind stays in place.
    private const int FirstRead = 16 * 1024;

    private byte[] _buffer = [];
    private int _start;
    private int _end;

    internal Action? PartCame { private get; set; }

    internal async ValueTask<Inbound> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            var inbound = await ReadNextAsync(cancellation).ConfigureAwait(false);
            if (inbound is Inbound.Closed)
                Release();
            return inbound;
        }
        // Nothing is read into the buffer any more; where a read was cancelled something may be.
        catch (Exception error) when (error is TransportException or ProtocolException)
        {
            Release();
            throw;
        }
    }

    // Links that are cut one after the other would leave a frame for each of their streams to the collector.
    private void Release()
    {
        if (_buffer.Length > 0)
            LargeBuffers.Pool.Return(_buffer);
        (_buffer, _start, _end) = ([], 0, 0);
    }

    private async ValueTask<Inbound> ReadNextAsync(CancellationToken cancellation)
    {
        MemoryStream? parts = null;
        while (true)
        {
            var (type, text) = await ReadRecordAsync(cancellation).ConfigureAwait(false);
            switch (type)
            {
                case RecordType.Close:
                    return new Inbound.Closed();
                case RecordType.ChunkHead when parts is null:
                    var head = ReadHead(text.Span);
                    return new Inbound.Frame(await ReadFrameAsync(head, cancellation).ConfigureAwait(false));
                case RecordType.Control when parts is null:
                    return new Inbound.Message(Messages.Parse(Control.Parser, text.Span, "control message"));
                case RecordType.Control:
                    parts.Write(text.Span);
                    return new Inbound.Message(Messages.Parse(Control.Parser, parts.GetBuffer().AsSpan(0, (int)parts.Length), "control message"));
                case RecordType.ControlPart:
                    parts ??= new MemoryStream();
                    parts.Write(text.Span);
                    if (parts.Length > Limits.ControlMessage)
                        throw new ProtocolException($"a control message is longer than {Limits.ControlMessage} bytes.");
                    PartCame?.Invoke();
                    break;
                default:
                    throw new ProtocolException("chunk bytes arrived without a head.");
            }
        }
    }

    private static ChunkFrame ReadHead(ReadOnlySpan<byte> bytes)
    {
        var head = Messages.Parse(ChunkFrame.Parser, bytes, "chunk head");
        long total = 0;
        foreach (var chunk in head.Chunks)
        {
            if (chunk.Length is 0 or > Limits.Chunk)
                throw new ProtocolException($"a chunk of {chunk.Length} bytes was announced; the limit is {Limits.Chunk}.");
            total += chunk.Length;
        }
        if (head.Chunks.Count is 0 or > Limits.FrameChunks || total > Limits.FrameBytes)
            throw new ProtocolException($"a frame of {head.Chunks.Count} chunks and {total} bytes was announced; the limits are {Limits.FrameChunks} and {Limits.FrameBytes}.");
        return head;
    }

    /// <summary>The next record's plaintext: good until the next read.</summary>
    private async ValueTask<(RecordType Type, Memory<byte> Text)> ReadRecordAsync(CancellationToken cancellation)
    {
        await FillAsync(RecordHeader.Size, FirstRead, cancellation).ConfigureAwait(false);
        var header = RecordHeader.Read(_buffer.AsSpan(_start));
        var size = RecordHeader.Size + header.SealedLength;
        await FillAsync(size, Math.Max(size, FirstRead), cancellation).ConfigureAwait(false);
        channel.Open(_buffer.AsSpan(_start, size));
        var text = _buffer.AsMemory(_start + RecordHeader.Size, size - RecordHeader.Overhead);
        _start += size;
        return (header.Type, text);
    }

    private async ValueTask<InboundFrame> ReadFrameAsync(ChunkFrame head, CancellationToken cancellation)
    {
        var total = (int)head.Chunks.Sum(c => (long)c.Length);
        var count = (total + Limits.RecordPlaintext - 1) / Limits.RecordPlaintext;
        var size = total + count * RecordHeader.Overhead;
        var records = new (int Start, int Length)[count];

        // The frame's bytes alone: whatever was read beyond them moves to the next buffer.
        await FillAsync(size, size, cancellation).ConfigureAwait(false);
        var at = _start;
        for (var i = 0; i < count; i++)
        {
            var length = Math.Min(Limits.RecordPlaintext, total - i * Limits.RecordPlaintext);
            var header = RecordHeader.Read(_buffer.AsSpan(at));
            if (header.Type != RecordType.ChunkBytes || header.SealedLength != length + RecordHeader.TagSize)
                throw new ProtocolException("a frame's records are not those that its head announced.");
            channel.Open(_buffer.AsSpan(at, length + RecordHeader.Overhead));
            records[i] = (at + RecordHeader.Size, length);
            at += length + RecordHeader.Overhead;
        }
        var frame = new InboundFrame(head, _buffer, records);
        var rest = _buffer.AsSpan(at, _end - at);
        var next = rest.Length == 0 ? [] : LargeBuffers.Pool.Rent(Math.Max(FirstRead, rest.Length));
        rest.CopyTo(next);
        (_buffer, _start, _end) = (next, 0, rest.Length);
        return frame;
    }

    /// <summary>Reads until at least <paramref name="needed"/> bytes lie at the start, and not more than <paramref name="wanted"/>.</summary>
    private async ValueTask FillAsync(int needed, int wanted, CancellationToken cancellation)
    {
        if (_end - _start >= needed)
            return;
        Reserve(wanted);
        while (_end - _start < needed)
        {
            var read = await connection.ReadAsync(_buffer.AsMemory(_end, wanted - (_end - _start)), cancellation).ConfigureAwait(false);
            if (read == 0)
                throw new TransportException($"The connection with {connection.Remote} ended without a goodbye.");
            _end += read;
        }
    }

    private void Reserve(int wanted)
    {
        if (_buffer.Length - _start >= wanted)
            return;
        var there = _end - _start;
        var larger = _buffer.Length >= wanted ? _buffer : LargeBuffers.Pool.Rent(wanted);
        _buffer.AsSpan(_start, there).CopyTo(larger);
        if (!ReferenceEquals(larger, _buffer) && _buffer.Length > 0)
            LargeBuffers.Pool.Return(_buffer);
        (_buffer, _start, _end) = (larger, 0, there);
    }
}
