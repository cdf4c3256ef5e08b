using System.Net;
using System.Net.Sockets;

namespace OpenShare.Registration.Http;

/// <summary>What is counted as one client. One IPv6 customer has a whole /64; counting single addresses would count nothing.</summary>
internal static class ClientNetwork
{
    private const int Ipv6Customer = 8;

    public static string Of(IPAddress? address)
    {
        if (address is null)
            return "local";
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, Ipv6Customer))
            : address.ToString();
    }
}
