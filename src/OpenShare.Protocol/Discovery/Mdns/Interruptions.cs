using OpenShare.Protocol.Discovery.Places;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>
/// Interfaces that went away a moment ago. One that is back in the same network knows the others still: whoever flaps
/// need not be told by everybody who is there, each time.
/// </summary>
internal sealed class Interruptions
{
    private readonly Dictionary<int, (MdnsLink Link, DateTimeOffset Since)> _gone = [];

    internal void Note(MdnsLink link, DateTimeOffset now)
    {
        // Numbers of interfaces that come and go are new each time.
        foreach (var (index, old) in _gone)
        {
            if (now - old.Since > MdnsTimes.Interruption)
                _gone.Remove(index);
        }
        if (_gone.Count < MdnsMachine.Interfaces)
            _gone[link.Network.Index] = (link, now);
    }

    /// <returns>null: it was not there a moment ago, or is not known to be in the same network</returns>
    internal MdnsLink? TakeEnded(MdnsInterface network, DateTimeOffset now) =>
        _gone.Remove(network.Index, out var gone) && now - gone.Since <= MdnsTimes.Interruption && IsSameNetwork(gone.Link.Network, network) ? gone.Link : null;

    // A link-local address is the same in every network.
    private static bool IsSameNetwork(MdnsInterface before, MdnsInterface after) =>
        before.Name == after.Name && before.Addresses.Any(a => !PeerAddresses.IsLinkLocal(a) && after.Addresses.Contains(a));
}
