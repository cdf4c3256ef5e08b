using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using OpenShare.Device.Discovery.Udp;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Device.Discovery.Doctor.Host;

/// <summary>The operating system's word on interfaces, routes and firewalls. Needs no privilege.</summary>
internal sealed class SystemHost : IDoctorHost
{
    // Documentation's own (RFC 5737, RFC 3849): no host has them. To connect a UDP socket sends nothing, it only chooses a way.
    private static readonly IPAddress[] Elsewhere = [IPAddress.Parse("198.51.100.1"), IPAddress.Parse("2001:db8::1")];

    public DoctorPlatform Platform { get; } =
        OperatingSystem.IsLinux() ? DoctorPlatform.Linux
        : OperatingSystem.IsWindows() ? DoctorPlatform.Windows
        : OperatingSystem.IsMacOS() ? DoctorPlatform.MacOs
        : DoctorPlatform.Other;

    public HostFirewall Firewall => Platform switch
    {
        DoctorPlatform.Linux => LinuxFirewall.Find(),
        DoctorPlatform.Windows => HostFirewall.Windows,
        DoctorPlatform.MacOs => HostFirewall.MacOs,
        _ => HostFirewall.Unknown,
    };

    public ImmutableArray<HostInterface> Interfaces() => [.. SystemInterfaces.Up((network, index, properties) => SystemInterfaces.IsLoopback(network)
        ? null
        : new HostInterface(index, network.Name, KindOf(network), [.. properties.UnicastAddresses.Select(a => new AddressFacts(a.Address, a.PrefixLength))]))];

    public (string Interface, IPAddress? Gateway)? WayOut(ImmutableArray<HostInterface> interfaces)
    {
        foreach (var elsewhere in Elsewhere)
        {
            if (LocalAddressTo(elsewhere) is not { } local || interfaces.FirstOrDefault(i => i.Addresses.Any(a => a.Address.Equals(local))) is not { } way)
                continue;
            return (way.Name, Gateways(way.Name).FirstOrDefault(g => g.AddressFamily == elsewhere.AddressFamily));
        }
        return null;
    }

    private static IPAddress? LocalAddressTo(IPAddress address)
    {
        if (!SystemReachability.IsSpoken(address.AddressFamily))
            return null;
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(address, MdnsMachine.BroadcastPort);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static IEnumerable<IPAddress> Gateways(string name) => SystemInterfaces.Up((network, _, properties) => network.Name == name ? properties : null)
        .SelectMany(p => p.GatewayAddresses).Select(g => g.Address).Where(a => !a.Equals(IPAddress.Any) && !a.Equals(IPAddress.IPv6Any));

    private static InterfaceKind KindOf(NetworkInterface network) =>
        network.NetworkInterfaceType is NetworkInterfaceType.Ppp or NetworkInterfaceType.Tunnel ? InterfaceKind.Vpn : InterfaceNames.KindOf(network.Name);
}
