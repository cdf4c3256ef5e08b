using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Device.Discovery.Udp;

/// <param name="Broadcasts">the broadcast addresses of the IPv4 networks that it is in</param>
internal sealed record SystemInterface(MdnsInterface Network, ImmutableArray<IPAddress> Broadcasts)
{
    /// <summary>A router is reached over it.</summary>
    internal bool HasGateway { get; init; }
}
