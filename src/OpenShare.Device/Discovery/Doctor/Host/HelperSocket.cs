using System.Net;
using System.Net.Sockets;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Device.Discovery.Doctor.Host;

/// <summary>
/// A socket with a port of its own, from which everybody is asked, and to which each answers alone. Agents on this host do not
/// hear it: it is others that it is about.
/// </summary>
internal sealed class HelperSocket : IDisposable
{
    private const int HopLimit = 255;

    private readonly Socket _socket;
    private readonly IPEndPoint _everybody;
    private readonly ushort _id;

    private HelperSocket(Socket socket, IPEndPoint everybody, ushort id) => (_socket, _everybody, _id) = (socket, everybody, id);

    /// <exception cref="SocketException">the interface is gone</exception>
    internal static HelperSocket Multicast(int networkInterface, bool isV6, ushort id) => Make(GroupSocket.Group(networkInterface, isV6), id, socket =>
    {
        socket.Bind(new IPEndPoint(isV6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
        PrepareMulticast(socket, networkInterface, HopLimit);
    });

    /// <param name="from">an own address of the interface, which decides where it goes out</param>
    /// <exception cref="SocketException">the address is gone</exception>
    internal static HelperSocket Broadcast(IPAddress from, IPAddress subnet, ushort id) => Make(new IPEndPoint(subnet, MdnsMachine.BroadcastPort), id, socket =>
    {
        socket.EnableBroadcast = true;
        socket.Bind(new IPEndPoint(from, 0));
    });

    internal SendOutcome Send() => SendOutcome.OfSending(() => _socket.SendTo(HelperPacket.AskAlone(_id), _everybody));

    /// <summary>Tells who answers, until cancelled.</summary>
    internal async Task Hear(Action<IPAddress> answered, CancellationToken cancellation)
    {
        var buffer = new byte[DnsLimits.Message];
        var anybody = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, anybody, cancellation).ConfigureAwait(false);
                if (HelperPacket.Read(buffer.AsSpan(0, received.ReceivedBytes)) is { IsOfDevice: true } answer && answer.Id == _id)
                    answered(((IPEndPoint)received.RemoteEndPoint).Address);
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                if (error is not SocketException)
                    return;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Out on this interface, to this link, and not back to this host.</summary>
    internal static void PrepareMulticast(Socket socket, int networkInterface, int hopLimit)
    {
        var isV6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        var level = isV6 ? SocketOptionLevel.IPv6 : SocketOptionLevel.IP;
        socket.SetSocketOption(level, SocketOptionName.MulticastInterface, isV6 ? networkInterface : IPAddress.HostToNetworkOrder(networkInterface));
        socket.SetSocketOption(level, SocketOptionName.MulticastTimeToLive, hopLimit);
        socket.SetSocketOption(level, SocketOptionName.MulticastLoopback, false);
    }

    private static HelperSocket Make(IPEndPoint everybody, ushort id, Action<Socket> prepare)
    {
        var socket = new Socket(everybody.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            prepare(socket);
            return new HelperSocket(socket, everybody, id);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
