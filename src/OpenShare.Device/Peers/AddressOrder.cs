using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Discovery.Places;

namespace OpenShare.Device.Peers;

/// <summary>Which of a peer's addresses to try, and to show, first.</summary>
internal static class AddressOrder
{
    /// <summary>Of equals the one that was first: where it was last reached comes before older addresses.</summary>
    internal static ImmutableArray<IPEndPoint> BestFirst(IEnumerable<IPEndPoint> addresses) => [.. addresses.OrderBy(a => PeerAddresses.Rank(a.Address))];
}
