using System.Collections.Immutable;
using System.Net;

namespace OpenShare.Protocol.Discovery.Places;

/// <summary>
/// One place where a device is said to be: SRV host and port, with all its addresses together, so that a host
/// with two interfaces or two address families is one place.
/// </summary>
public sealed record PeerPlace(string Host, int Port, ImmutableArray<IPAddress> Addresses)
{
    public IEnumerable<IPEndPoint> EndPoints => Addresses.Select(a => new IPEndPoint(a, Port));

    /// <summary>The same host and port, whatever the addresses.</summary>
    public bool IsSamePlaceAs(PeerPlace other) => Host == other.Host && Port == other.Port;

    public bool Equals(PeerPlace? other) => other is not null && IsSamePlaceAs(other) && Addresses.SequenceEqual(other.Addresses);

    public override int GetHashCode() => Port;
}
