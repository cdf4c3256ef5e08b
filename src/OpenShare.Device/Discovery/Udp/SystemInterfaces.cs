using System.Net;
using System.Net.NetworkInformation;
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
                isLoopback ? [] : [.. properties.UnicastAddresses.Select(a => Broadcasts.Of(a.Address, a.PrefixLength)).OfType<IPAddress>().Distinct()]);
        }
        catch (NetworkInformationException)
        {
            // It vanished since the list was read.
            return null;
        }
    }
}
