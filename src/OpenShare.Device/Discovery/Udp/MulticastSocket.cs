using System.Net;
using System.Net.Sockets;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Device.Discovery.Udp;

/// <summary>Multicast DNS: port 5353, shared with Avahi, Bonjour and other agents.</summary>
internal sealed class MulticastSocket : DiscoverySocket
{
    internal static readonly IPAddress GroupV4 = IPAddress.Parse("224.0.0.251");
    internal static readonly IPAddress GroupV6 = IPAddress.Parse("ff02::fb");

    // RFC 6762 §11: with this hop limit a receiver can tell that a packet is from its own link.
    private const int HopLimit = 255;

    // IPV6_UNICAST_HOPS: the runtime has no name for it (its HopLimit is another option, which cannot be set on Linux).
    private static readonly int UnicastHops = OperatingSystem.IsLinux() ? 16 : 4;

    private readonly IPAddress _group;
    private readonly IPEndPoint _everybody;

    /// <exception cref="SocketException">the port is taken by a program that does not share it, or the group cannot be joined</exception>
    internal MulticastSocket(int networkInterface, bool ipv6)
        : base(networkInterface, DiscoveryMedium.Multicast, ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork)
    {
        _group = ipv6 ? GroupV6 : GroupV4;
        _everybody = new IPEndPoint(ipv6 ? new IPAddress(GroupV6.GetAddressBytes(), networkInterface) : GroupV4, MdnsMachine.Port);
        try
        {
            if (ipv6)
                JoinV6(networkInterface);
            else
                JoinV4(networkInterface);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private protected override void SendToAll(ReadOnlySpan<byte> packet) => Socket.SendTo(packet, _everybody);

    private protected override bool IsToAll(IPAddress destination) => destination.GetAddressBytes().AsSpan().SequenceEqual(_group.GetAddressBytes());

    private void JoinV4(int networkInterface)
    {
        Socket.Bind(new IPEndPoint(IPAddress.Any, MdnsMachine.Port));
        Socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(networkInterface));
        Socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(GroupV4, networkInterface));
        Socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, HopLimit);
        Socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.IpTimeToLive, HopLimit);
        Socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, true);
        Socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
    }

    private void JoinV6(int networkInterface)
    {
        Socket.DualMode = false;
        Socket.Bind(new IPEndPoint(IPAddress.IPv6Any, MdnsMachine.Port));
        Socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, networkInterface);
        Socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(GroupV6, networkInterface));
        Socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, HopLimit);
        Socket.SetRawSocketOption((int)SocketOptionLevel.IPv6, UnicastHops, BitConverter.GetBytes(HopLimit));
        Socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastLoopback, true);
        Socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.PacketInformation, true);
    }
}
