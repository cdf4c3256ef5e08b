using System.Net;
using System.Net.Sockets;
using OpenShare.Device.Discovery.Udp;

namespace OpenShare.Device.Transport.Tcp;

/// <summary>TCP, always there.</summary>
public sealed class TcpTransport : ITransport
{
    private const int Backlog = 128;

    private readonly TcpPaths _paths = new();

    public ITransportListener Listen(IPEndPoint endpoint)
    {
        // On a kernel without IPv6 all addresses are those of IPv4.
        var at = endpoint.Address.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6 ? new IPEndPoint(IPAddress.Any, endpoint.Port) : endpoint;
        Socket? socket = null;
        try
        {
            socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (at.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = true;
            socket.Bind(at);
            socket.Listen(Backlog);
            return new TcpListener(socket, _paths);
        }
        catch (SocketException error)
        {
            socket?.Dispose();
            throw new TransportException($"Cannot listen on {endpoint}: {error.Message}.", error);
        }
    }

    public bool IsThisHost(IPAddress address) => IsOfThisHost(address);

    internal static bool IsOfThisHost(IPAddress address) => IPAddress.IsLoopback(address) || SystemInterfaces.Addresses().Any(a => a.Equals(address));

    public async Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            TcpSocketOptions.Apply(socket);
            await socket.ConnectAsync(remote, cancellation).ConfigureAwait(false);
            return new TcpConnection(socket, _paths);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            socket?.Dispose();
            throw new TransportException($"Cannot reach {remote}: {(error is SocketException ? error.Message : "no answer in time")}.", error);
        }
    }
}
