using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Device.Discovery.Udp;

/// <summary>
/// Broadcast over IPv4, to each network that the interface is in: 255.255.255.255 goes out where the system's default route
/// does, and where there is none nowhere.
/// </summary>
internal sealed class BroadcastSocket : DiscoverySocket
{
    /// <exception cref="SocketException">the port is taken by a program that does not share it</exception>
    internal BroadcastSocket(int networkInterface, ImmutableArray<IPAddress> networks)
        : base(networkInterface, DiscoveryMedium.Broadcast, AddressFamily.InterNetwork)
    {
        Networks = networks;
        try
        {
            Socket.EnableBroadcast = true;
            Socket.Bind(new IPEndPoint(IPAddress.Any, MdnsMachine.BroadcastPort));
            Socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The broadcast address of each.</summary>
    internal ImmutableArray<IPAddress> Networks { get; }

    private protected override void SendToAll(ReadOnlySpan<byte> packet)
    {
        foreach (var network in Networks)
            Socket.SendTo(packet, new IPEndPoint(network, MdnsMachine.BroadcastPort));
    }

    private protected override bool IsToAll(IPAddress destination) => Networks.Contains(destination) || destination.Equals(IPAddress.Broadcast);
}
