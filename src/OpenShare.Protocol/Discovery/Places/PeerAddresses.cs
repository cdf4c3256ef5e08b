using System.Net;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Discovery.Places;

/// <summary>Which announced addresses are worth dialling, and in which order.</summary>
public static class PeerAddresses
{
    /// <summary>Addresses of one place that are kept.</summary>
    internal const int PerPlace = 16;

    /// <summary>False for what names no host, and for loopback but on the loopback interface: else anybody could have us dial ourselves.</summary>
    internal static bool IsUsable(IPAddress address, MdnsInterface network)
    {
        var bytes = address.GetAddressBytes();
        var isMulticastOrBeyond = bytes.Length == 4 ? bytes[0] is 0 or >= 224 : bytes[0] == 0xFF || address.Equals(IPAddress.IPv6Any) || address.IsIPv4MappedToIPv6;
        return !isMulticastOrBeyond && (network.IsLoopback || !IPAddress.IsLoopback(address));
    }

    /// <summary>A link-local IPv6 address means something only together with its interface.</summary>
    internal static IPAddress Scoped(IPAddress address, MdnsInterface network) =>
        address.IsIPv6LinkLocal ? new IPAddress(address.GetAddressBytes(), network.Index) : address;

    /// <summary>RFC 3927, RFC 4291 §2.5.6: it says nothing of the network that it is in.</summary>
    internal static bool IsLinkLocal(IPAddress address) => address.IsIPv6LinkLocal || address.GetAddressBytes() is [169, 254, _, _];

    /// <summary>None of the addresses that say something of the network is left.</summary>
    internal static bool HasMoved(IEnumerable<IPAddress> before, IEnumerable<IPAddress> after)
    {
        var telling = before.Where(a => !IsLinkLocal(a)).ToList();
        return telling.Count > 0 && !telling.Intersect(after).Any();
    }

    /// <summary>Two interfaces are in one network, as far as their addresses tell: each has one of the same /24, or /64.</summary>
    internal static bool ShareNetwork(IEnumerable<IPAddress> one, IEnumerable<IPAddress> other) =>
        one.Where(a => !IsLinkLocal(a)).Select(NetworkOf).Intersect(other.Where(a => !IsLinkLocal(a)).Select(NetworkOf)).Any();

    private static string NetworkOf(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return Convert.ToHexString(bytes.AsSpan(0, bytes.Length == 4 ? 3 : 8));
    }

    internal static IPAddress WithoutScope(IPAddress address) => new(address.GetAddressBytes());

    /// <summary>By rank; each once.</summary>
    internal static IEnumerable<IPAddress> InOrder(IEnumerable<IPAddress> addresses) =>
        addresses.Distinct().OrderBy(Rank).ThenBy(a => Convert.ToHexString(a.GetAddressBytes()), StringComparer.Ordinal).ThenBy(Scope).Take(PerPlace);

    /// <summary>
    /// The lower, the earlier it is dialled, and shown: loopback, IPv4, IPv6, link-local IPv6. Loopback is known of devices of
    /// the same host only, and stays when every network goes; a link-local IPv6 address works on one interface only.
    /// </summary>
    public static int Rank(IPAddress address)
    {
        var isV4 = address.GetAddressBytes().Length == 4;
        return IPAddress.IsLoopback(address) ? (isV4 ? 0 : 1) : isV4 ? 2 : address.IsIPv6LinkLocal ? 4 : 3;
    }

    private static long Scope(IPAddress address) => address.IsIPv6LinkLocal ? address.ScopeId : 0;
}
