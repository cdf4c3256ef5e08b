using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using OpenShare.Protocol.Discovery;

namespace OpenShare.Device.Discovery.Udp;

/// <summary>The operating system's interfaces that multicast may work on, in the order of their numbers.</summary>
internal static class SystemInterfaces
{
    internal static IEnumerable<SystemInterface> Read()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces().Select(Read).OfType<SystemInterface>().OrderBy(i => i.Network.Index)];
        }
        catch (NetworkInformationException)
        {
            // The list changed while it was read; the change itself brings the next reading.
            return [];
        }
    }

    private static SystemInterface? Read(NetworkInterface network)
    {
        // Loopback and tunnels have no link state and count as unknown.
        var isLoopback = network.NetworkInterfaceType == NetworkInterfaceType.Loopback;
        if (network.OperationalStatus is not (OperationalStatus.Up or OperationalStatus.Unknown) || !(isLoopback || network.SupportsMulticast))
            return null;
        try
        {
            var properties = network.GetIPProperties();
            var index = network.Supports(NetworkInterfaceComponent.IPv4) ? properties.GetIPv4Properties().Index : properties.GetIPv6Properties().Index;
            return new SystemInterface(
                new MdnsInterface(index, network.Name, isLoopback, [.. properties.UnicastAddresses.Select(a => a.Address)]),
                [.. properties.UnicastAddresses.Where(a => !isLoopback && HasBroadcast(a)).Select(BroadcastOf).Distinct()]);
        }
        catch (NetworkInformationException)
        {
            // It vanished since the list was read.
            return null;
        }
    }

    // A network of two addresses or one has none (RFC 3021).
    private static bool HasBroadcast(UnicastIPAddressInformation address) =>
        address.Address.AddressFamily == AddressFamily.InterNetwork && address.PrefixLength is > 0 and < 31;

    private static IPAddress BroadcastOf(UnicastIPAddressInformation address) =>
        new(address.Address.GetAddressBytes().Zip(address.IPv4Mask.GetAddressBytes(), (a, mask) => (byte)(a | ~mask)).ToArray());
}
