using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Doctor;

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

    public ImmutableArray<HostInterface> Interfaces() => [.. All().Select(Read).OfType<HostInterface>().OrderBy(i => i.Index)];

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
        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(address, MdnsMachine.BroadcastPort);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static IEnumerable<IPAddress> Gateways(string name) =>
        All().Where(n => n.Name == name).SelectMany(n => n.GetIPProperties().GatewayAddresses).Select(g => g.Address).Where(a => !a.Equals(IPAddress.Any) && !a.Equals(IPAddress.IPv6Any));

    private static NetworkInterface[] All()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces();
        }
        catch (NetworkInformationException)
        {
            // The list changed while it was read.
            return [];
        }
    }

    private static HostInterface? Read(NetworkInterface network)
    {
        if (network.NetworkInterfaceType == NetworkInterfaceType.Loopback || network.OperationalStatus is not (OperationalStatus.Up or OperationalStatus.Unknown))
            return null;
        try
        {
            var properties = network.GetIPProperties();
            var index = network.Supports(NetworkInterfaceComponent.IPv4) ? properties.GetIPv4Properties().Index : properties.GetIPv6Properties().Index;
            return new HostInterface(index, network.Name, KindOf(network), [.. properties.UnicastAddresses.Select(a => new AddressFacts(a.Address, a.PrefixLength))]);
        }
        catch (NetworkInformationException)
        {
            // It vanished since the list was read.
            return null;
        }
    }

    private static InterfaceKind KindOf(NetworkInterface network) =>
        network.NetworkInterfaceType is NetworkInterfaceType.Ppp or NetworkInterfaceType.Tunnel ? InterfaceKind.Vpn : InterfaceNames.KindOf(network.Name);
}
