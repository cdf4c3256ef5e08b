using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>All that an <see cref="MdnsMachine"/> wants done.</summary>
public abstract record MdnsEffect
{
    private MdnsEffect() { }

    /// <param name="To">null: all, with multicast by both families; else this one legacy querier</param>
    public sealed record Send(int Interface, DiscoveryMedium Medium, ReadOnlyMemory<byte> Packet, IPEndPoint? To = null) : MdnsEffect;

    /// <summary>One way of finding devices on this interface has come to another state.</summary>
    public sealed record RungChanged(int Interface, DiscoveryMedium Medium, RungState State) : MdnsEffect;

    /// <summary>A device is there, of the own account or to be paired, for the first time or otherwise than last said.</summary>
    /// <param name="Medium">the one it is heard by; multicast where it is by both</param>
    /// <param name="Latency">see docs/discovery.md: from its first sign of life, or from the search's start if it was there before</param>
    public sealed record Sighted(DeviceId DeviceId, string Name, string ShortFingerprint, PeerPlace Place, NewsTag? News, TimeSpan Latency, DiscoveryMedium Medium) : MdnsEffect
    {
        /// <summary>It is of no account, and shows itself to be paired.</summary>
        public bool IsUnpaired { get; init; }
    }

    /// <summary>A device that was sighted, and silent for a while since, announces itself as before.</summary>
    public sealed record HeardAgain(DeviceId DeviceId) : MdnsEffect;

    /// <summary>It said goodbye, or its announcement expired.</summary>
    public sealed record Lost(DeviceId DeviceId) : MdnsEffect
    {
        /// <summary>It had shown itself to be paired.</summary>
        public bool IsUnpaired { get; init; }
    }

    /// <summary>Several places announce one device id at once; possibly the own one. Said again when the places change.</summary>
    public sealed record Duplicate(DeviceId DeviceId, ImmutableArray<PeerPlace> Places) : MdnsEffect;

    /// <summary>One place at most is left of those told.</summary>
    public sealed record DuplicateEnded(DeviceId DeviceId) : MdnsEffect;

    /// <summary>Another device has the name, so this one is announced under another.</summary>
    public sealed record Renamed(string Name) : MdnsEffect;
}
