using System.Buffers.Binary;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Peers;

/// <summary>Handshake frames on a connection: a length (32 bits, big-endian), then as many bytes.</summary>
internal static class HandshakeFrames
{
    internal static ValueTask WriteAsync(ITransportConnection connection, byte[] frame, CancellationToken cancellation)
    {
        var bytes = new byte[4 + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, frame.Length);
        frame.CopyTo(bytes, 4);
        return connection.WriteAsync(bytes, cancellation);
    }

    /// <summary>Reads exactly one frame and no byte more: what follows belongs to the channel.</summary>
    /// <exception cref="TransportException">the connection broke or ended</exception>
    /// <exception cref="ProtocolException">longer than the limit</exception>
    internal static async ValueTask<byte[]> ReadAsync(ITransportConnection connection, int limit, CancellationToken cancellation)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(await ReadExactlyAsync(connection, 4, cancellation).ConfigureAwait(false));
        if (length < 0 || length > limit)
            throw new ProtocolException($"A handshake message of {length} bytes was announced; the limit is {limit}.");
        return await ReadExactlyAsync(connection, length, cancellation).ConfigureAwait(false);
    }

    private static async ValueTask<byte[]> ReadExactlyAsync(ITransportConnection connection, int count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var more = await connection.ReadAsync(bytes.AsMemory(read), cancellation).ConfigureAwait(false);
            if (more == 0)
                throw new TransportException($"The connection with {connection.Remote} ended in the handshake.");
            read += more;
        }
        return bytes;
    }
}
