using System.Net;
using System.Net.Sockets;

namespace OpenShare.Device.Transport.Tcp;

internal sealed class TcpListener(Socket socket, TcpPaths paths) : ITransportListener
{
    public IPEndPoint LocalEndPoint { get; } = (IPEndPoint)socket.LocalEndPoint!;

    public async Task<ITransportConnection> AcceptAsync(CancellationToken cancellation)
    {
        try
        {
            var accepted = await socket.AcceptAsync(cancellation).ConfigureAwait(false);
            TcpSocketOptions.Apply(accepted);
            return new TcpConnection(accepted, paths);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            throw new TransportException($"Cannot accept connections on {LocalEndPoint}: {error.Message}.", error);
        }
    }

    public void Dispose() => socket.Dispose();
}
