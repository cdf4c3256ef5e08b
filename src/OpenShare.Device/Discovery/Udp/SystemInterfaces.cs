using System.Net;
using System.Net.NetworkInformation;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Device.Discovery.Udp;

/// <summary>The operating system's interfaces that are up, in the order of their numbers.</summary>
internal static class SystemInterfaces
{
    /// <summary>Those that multicast may work on.</summary>
    /// <returns>null: the list could not be read, which says nothing about who is on it</returns>
    internal static IEnumerable<SystemInterface>? Read() => Read(NetworkInterface.GetAllNetworkInterfaces);

    internal static IEnumerable<SystemInterface>? Read(Func<NetworkInterface[]> all) => Up(
        (network, index, properties) => network.SupportsMulticast || IsLoopback(network) ? Read(network, index, properties) : null, all);

    internal static IEnumerable<IPAddress> Addresses() => Up((_, _, properties) => properties).SelectMany(p => p.UnicastAddresses).Select(a => a.Address);

    internal static bool IsLoopback(NetworkInterface network) => network.NetworkInterfaceType == NetworkInterfaceType.Loopback;

    /// <param name="read">gets the system's number of the interface too; null: leave it out</param>
    /// <returns>nothing where the list cannot be read</returns>
    internal static IReadOnlyList<T> Up<T>(Func<NetworkInterface, int, IPInterfaceProperties, T?> read)
        where T : class => Up(read, NetworkInterface.GetAllNetworkInterfaces) ?? [];

    private static IReadOnlyList<T>? Up<T>(Func<NetworkInterface, int, IPInterfaceProperties, T?> read, Func<NetworkInterface[]> all)
        where T : class
    {
        try
        {
            return [.. all().Select(n => Up(n, read)).OrderBy(r => r.Index).Select(r => r.Read).OfType<T>()];
        }
        catch (NetworkInformationException)
        {
            // The list changed while it was read; the change itself brings the next reading.
            return null;
        }
    }

    private static SystemInterface Read(NetworkInterface network, int index, IPInterfaceProperties properties) => new(
        new MdnsInterface(index, network.Name, IsLoopback(network), [.. properties.UnicastAddresses.Select(a => a.Address)]),
        IsLoopback(network) ? [] : [.. properties.UnicastAddresses.Select(a => Broadcasts.Of(a.Address, a.PrefixLength)).OfType<IPAddress>().Distinct()])
    {
        HasGateway = properties.GatewayAddresses.Any(g => !g.Address.Equals(IPAddress.Any) && !g.Address.Equals(IPAddress.IPv6Any)),
    };

    private static (int Index, T? Read) Up<T>(NetworkInterface network, Func<NetworkInterface, int, IPInterfaceProperties, T?> read)
        where T : class
    {
        // Loopback and tunnels have no link state and count as unknown.
        if (network.OperationalStatus is not (OperationalStatus.Up or OperationalStatus.Unknown))
            return default;
        try
        {
            var properties = network.GetIPProperties();
            var index = network.Supports(NetworkInterfaceComponent.IPv4) ? properties.GetIPv4Properties().Index : properties.GetIPv6Properties().Index;
            return (index, read(network, index, properties));
        }
        catch (NetworkInformationException)
        {
            // It vanished since the list was read.
            return default;
        }
    }
}
