using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;

namespace OpenShare.Device.Discovery.Udp;

/// <summary>One socket on port 5353 for one interface and one address family, shared with Avahi, Bonjour and other agents.</summary>
internal sealed class MulticastSocket : IDisposable
{
    internal static readonly IPAddress GroupV4 = IPAddress.Parse("224.0.0.251");
    internal static readonly IPAddress GroupV6 = IPAddress.Parse("ff02::fb");

    // RFC 6762 §11: with this hop limit a receiver can tell that a packet is from its own link.
    private const int HopLimit = 255;

    // IPV6_UNICAST_HOPS: the runtime has no name for it (its HopLimit is another option, which cannot be set on Linux).
    private static readonly int UnicastHops = OperatingSystem.IsLinux() ? 16 : 4;

    // A receive that fails this often in a row will not mend itself.
    private const int FailuresInARow = 100;

    private readonly Socket _socket;
    private readonly int _interface;
    private readonly IPAddress _group;
    private readonly IPEndPoint _everybody;
    private readonly CancellationTokenSource _closed = new();

    /// <exception cref="SocketException">the port is taken by a program that does not share it, or the group cannot be joined</exception>
    internal MulticastSocket(int networkInterface, bool ipv6)
    {
        _interface = networkInterface;
        _group = ipv6 ? GroupV6 : GroupV4;
        _everybody = new IPEndPoint(ipv6 ? new IPAddress(GroupV6.GetAddressBytes(), networkInterface) : GroupV4, MdnsMachine.Port);
        _socket = new Socket(ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // .NET sets SO_REUSEPORT along with it where there is one.
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            if (ipv6)
                JoinV6();
            else
                JoinV4();
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Starts telling the receiver what comes in, one datagram for each credit.</summary>
    internal void Open(IActorRef receiver, SemaphoreSlim credits) => _ = PumpAsync(receiver, credits);

    /// <exception cref="SocketException">the network, or a firewall on this host, does not let it out</exception>
    internal void Send(ReadOnlySpan<byte> packet, IPEndPoint? to) => _socket.SendTo(packet, to ?? _everybody);

    internal bool Reaches(IPEndPoint? to) => to is null || to.AddressFamily == _socket.AddressFamily;

    public void Dispose()
    {
        _closed.Cancel();
        _socket.Dispose();
    }

    private void JoinV4()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Any, MdnsMachine.Port));
        _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(_interface));
        _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(GroupV4, _interface));
        _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, HopLimit);
        _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.IpTimeToLive, HopLimit);
        _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, true);
        _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
    }

    private void JoinV6()
    {
        _socket.DualMode = false;
        _socket.Bind(new IPEndPoint(IPAddress.IPv6Any, MdnsMachine.Port));
        _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, _interface);
        _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(GroupV6, _interface));
        _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, HopLimit);
        _socket.SetRawSocketOption((int)SocketOptionLevel.IPv6, UnicastHops, BitConverter.GetBytes(HopLimit));
        _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastLoopback, true);
        _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.PacketInformation, true);
    }

    private async Task PumpAsync(IActorRef receiver, SemaphoreSlim credits)
    {
        var buffer = new byte[DnsLimits.Message];
        var anybody = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var failures = 0;
        while (failures < FailuresInARow)
        {
            try
            {
                var received = await _socket.ReceiveMessageFromAsync(buffer, SocketFlags.None, anybody, _closed.Token).ConfigureAwait(false);
                failures = 0;
                if (IsForUs(received) && await credits.WaitAsync(TimeSpan.Zero, _closed.Token).ConfigureAwait(false))
                    receiver.Tell(new MulticastDatagram(_interface, (IPEndPoint)received.RemoteEndPoint, buffer.AsMemory(0, received.ReceivedBytes).ToArray()), ActorRefs.NoSender);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                failures++;
            }
        }

    }

    // Every socket on the port hears what any of them joined, on every interface; and what was sent to this host
    // alone may come from beyond the link (RFC 6762 §11).
    private bool IsForUs(SocketReceiveMessageFromResult received) =>
        received.PacketInformation.Interface == _interface
        && received.PacketInformation.Address.GetAddressBytes().AsSpan().SequenceEqual(_group.GetAddressBytes())
        && (received.SocketFlags & SocketFlags.Truncated) == 0;
}
