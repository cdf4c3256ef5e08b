using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace OpenShare.Device.Peers;

/// <summary>Which of a peer's addresses to try, and to show, first.</summary>
internal static class AddressOrder
{
    // IPv4 first: a link-local IPv6 address works on one interface only. Loopback is for two devices of one host.
    internal static ImmutableArray<IPEndPoint> BestFirst(IEnumerable<IPEndPoint> addresses) => [.. addresses.OrderBy(Rank)];

    private static int Rank(IPEndPoint endPoint) => endPoint switch
    {
        { Address: var address } when IPAddress.IsLoopback(address) => address.AddressFamily == AddressFamily.InterNetwork ? 3 : 4,
        { AddressFamily: AddressFamily.InterNetwork } => 0,
        { Address.IsIPv6LinkLocal: true } => 2,
        _ => 1,
    };
}
