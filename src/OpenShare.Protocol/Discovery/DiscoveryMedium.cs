namespace OpenShare.Protocol.Discovery;

/// <summary>How discovery's packets travel to all who are on an interface's network. They are the same on both.</summary>
public enum DiscoveryMedium
{
    /// <summary>Multicast DNS: port 5353 of its groups.</summary>
    Multicast,

    /// <summary>UDP broadcast over IPv4, where multicast is blocked: <see cref="MdnsMachine.BroadcastPort"/>.</summary>
    Broadcast,
}
