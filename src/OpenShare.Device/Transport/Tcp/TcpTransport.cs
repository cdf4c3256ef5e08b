using System.Net;
using System.Net.Sockets;

namespace OpenShare.Device.Transport.Tcp;

/// <summary>TCP, always there. BBR where the kernel offers it: on a lossy Wi-Fi it keeps the line full where Cubic does not.</summary>
public sealed class TcpTransport : ITransport
{
    private const int Backlog = 128;

    public ITransportListener Listen(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = true;
            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return new TcpListener(socket);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new TransportException($"Cannot listen on {endpoint}: {error.Message}.", error);
        }
    }

    public async Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            TcpSocketOptions.Apply(socket);
            await socket.ConnectAsync(remote, cancellation).ConfigureAwait(false);
            return new TcpConnection(socket);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw new TransportException($"Cannot reach {remote}: {(error is SocketException ? error.Message : "no answer in time")}.", error);
        }
    }
}
