using System.Net;
using System.Net.Sockets;

namespace OpenShare.Device.Transport.Tcp;

internal sealed class TcpConnection(Socket socket) : ITransportConnection
{
    public IPEndPoint Remote { get; } = Unmapped((IPEndPoint)socket.RemoteEndPoint!);

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (IsBroken(error))
        {
            throw Broken(error);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            while (buffer.Length > 0)
                buffer = buffer[await socket.SendAsync(buffer, cancellation).ConfigureAwait(false)..];
        }
        catch (Exception error) when (IsBroken(error))
        {
            throw Broken(error);
        }
    }

    public void Dispose() => socket.Dispose();

    private static bool IsBroken(Exception error) => error is SocketException or ObjectDisposedException or OperationCanceledException;

    private TransportException Broken(Exception error) => new($"The connection to {Remote} broke: {error.Message}", error);

    // A dual-mode listener shows IPv4 peers as ::ffff:a.b.c.d.
    private static IPEndPoint Unmapped(IPEndPoint endpoint) =>
        endpoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port) : endpoint;
}
