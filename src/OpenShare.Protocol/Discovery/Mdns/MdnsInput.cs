using System.Collections.Immutable;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>All that can happen to an <see cref="MdnsMachine"/>.</summary>
public abstract record MdnsInput
{
    private MdnsInput() { }

    /// <summary>A datagram that came to all on this interface.</summary>
    public sealed record PacketReceived(int Interface, MdnsPacket Packet, DiscoveryMedium Medium = DiscoveryMedium.Multicast) : MdnsInput;

    /// <summary>The interfaces that can be used from now on, all of them.</summary>
    public sealed record InterfacesChanged(ImmutableArray<MdnsInterface> Interfaces) : MdnsInput;

    /// <summary>Another name, port, account or device is announced from now on.</summary>
    public sealed record OptionsChanged(MdnsOptions Options) : MdnsInput;

    /// <summary>Whoever announces the device at these places could not prove it: they are ignored until then.</summary>
    public sealed record PlacesForged(DeviceId DeviceId, ImmutableArray<PeerPlace> Places, DateTimeOffset Until) : MdnsInput;

    /// <summary>The host woke up, or the user asks: searches and announces at once, as if just started.</summary>
    public sealed record LookAgain : MdnsInput;

    /// <summary>Says goodbye; nothing is said or sighted afterwards.</summary>
    public sealed record Stop : MdnsInput;

    /// <summary><see cref="MdnsMachine.NextTimeout"/> has come.</summary>
    public sealed record TimeoutReached : MdnsInput;
}
