using System.Buffers;
using Google.Protobuf;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Channel;

/// <summary>
/// One encrypted stream over one transport connection. One reader and one writer at a time: whoever owns the
/// stream sees to that. Any broken record, and any cut, ends it with a <see cref="TransportException"/>; only an
/// authenticated Close reads as an orderly end.
/// </summary>
public sealed class SecureStream : IDisposable
{
    // A longer control message goes in parts: each is a sign of life on a path that takes long for the whole.
    private const int PartBytes = 64 * 1024;

    private readonly ITransportConnection _connection;
    private readonly SecureChannel _channel;
    private readonly RecordReader _reader;

    // Continued at once by whoever ends the stream: a simulation has no other thread.
    private readonly TaskCompletionSource _ended = new();

    internal SecureStream(ITransportConnection connection, SecureChannel channel)
    {
        _connection = connection;
        _channel = channel;
        _reader = new RecordReader(connection, channel);
    }

    internal Carrier Carrier => _connection.Carrier;

    /// <inheritdoc cref="ITransportConnection.IsHeldBackByLoss"/>
    internal bool IsHeldBackByLoss => _connection.IsHeldBackByLoss;

    /// <summary>Called by the reader for each part of a message of which more follows.</summary>
    internal Action? PartCame
    {
        set => _reader.PartCame = value;
    }

    /// <summary>Done once the stream was disposed.</summary>
    internal Task Ended => _ended.Task;

    /// <exception cref="TransportException">the connection broke</exception>
    public async ValueTask SendAsync(Control message, CancellationToken cancellation)
    {
        var size = message.CalculateSize();
        if (size <= PartBytes)
        {
            await SendRecordAsync(RecordType.Control, size, message.WriteTo, cancellation).ConfigureAwait(false);
            return;
        }
        var whole = message.ToByteArray();
        for (var at = 0; at < whole.Length; at += PartBytes)
        {
            var part = whole.AsMemory(at, Math.Min(PartBytes, whole.Length - at));
            var type = at + part.Length == whole.Length ? RecordType.Control : RecordType.ControlPart;
            await SendRecordAsync(type, part.Length, space => part.Span.CopyTo(space), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Seals the frame's records in place and writes them at once. The buffer stays the caller's, its contents spent.</summary>
    /// <exception cref="TransportException">the connection broke</exception>
    public ValueTask SendAsync(OutboundFrame frame, CancellationToken cancellation)
    {
        frame.Seal(_channel);
        return _connection.WriteAsync(frame.Bytes, cancellation);
    }

    /// <summary>The next message, opened and verified. A frame's bytes are the caller's until it disposes the frame.</summary>
    /// <exception cref="TransportException">the connection broke, or what came was not authentic or no message</exception>
    public async ValueTask<Inbound> ReceiveAsync(CancellationToken cancellation)
    {
        try
        {
            return await _reader.ReadAsync(cancellation).ConfigureAwait(false);
        }
        catch (ProtocolException error)
        {
            throw new TransportException($"The connection with {_connection.Remote} was closed: {error.Message}", error);
        }
    }

    /// <summary>Says an authenticated goodbye, so that the other side does not take the end for a cut.</summary>
    /// <exception cref="TransportException">the connection broke</exception>
    public ValueTask CloseAsync(CancellationToken cancellation) =>
        SendRecordAsync(RecordType.Close, 0, _ => { }, cancellation);

    /// <summary>Ends the connection at once.</summary>
    public void Dispose()
    {
        // The keys stay until the last reader or writer lets go of them: a pump may be in the middle of a record.
        _connection.Dispose();
        _ended.TrySetResult();
    }

    private async ValueTask SendRecordAsync(RecordType type, int length, SpanAction write, CancellationToken cancellation)
    {
        var size = length + RecordHeader.Overhead;
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            write(buffer.AsSpan(RecordHeader.Size, length));
            _channel.Seal(type, buffer.AsSpan(0, size));
            await _connection.WriteAsync(buffer.AsMemory(0, size), cancellation).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private delegate void SpanAction(Span<byte> space);
}

/// <summary>What arrives on a stream.</summary>
public abstract record Inbound
{
    private Inbound() { }

    public sealed record Message(Control Control) : Inbound;

    public sealed record Frame(InboundFrame Chunks) : Inbound;

    /// <summary>The other side ended its direction in good order.</summary>
    public sealed record Closed : Inbound;
}
