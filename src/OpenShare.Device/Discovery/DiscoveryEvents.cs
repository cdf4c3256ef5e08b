using System.Collections.Immutable;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Discovery;

/// <summary>How a peer was found.</summary>
public enum FoundBy
{
    Mdns,
    Broadcast,
    LastKnown,
    Typed,
}

/// <summary>What an announcement of the own account says. Unproven: only the handshake proves a device id or a name.</summary>
/// <param name="Latency">from the start of the search, or the peer's first sign of life since, to the first sighting (docs/discovery.md)</param>
public sealed record PeerSighting(
    DeviceId DeviceId, string AnnouncedName, string ShortFingerprint, PeerPlace Place, FoundBy FoundBy, TimeSpan Latency, NewsTag? News = null);

/// <summary>What came of one way of finding devices on one interface.</summary>
public sealed record RungView(FoundBy Way, string Interface, RungState State);

/// <summary>Nothing can be heard or said on this interface, or in one way on it, and why; the others go on.</summary>
public sealed record InterfaceFailure(string Interface, string Reason);

public static class DiscoveryEvents
{
    /// <summary>A device of the own account was announced for the first time, or at other addresses than before.</summary>
    public sealed record PeerSighted(PeerSighting Sighting) : IDeviceEvent;

    /// <summary>The devices that are heard and have no account: they show themselves to be paired. In the order of their ids.</summary>
    public sealed record UnpairedChanged(ImmutableArray<PeerSighting> Devices) : IDeviceState;

    /// <summary>A device that was sighted is heard again, as it was, after some seconds of silence.</summary>
    public sealed record PeerHeardAgain(DeviceId DeviceId) : IDeviceEvent;

    /// <summary>It said goodbye, or its announcement expired.</summary>
    public sealed record PeerLost(DeviceId DeviceId) : IDeviceEvent;

    /// <summary>This device has another address in the place of one that it had: what led from there leads nowhere.</summary>
    public sealed record OwnAddressLost : IDeviceEvent;

    /// <summary>
    /// Two places or more announce one device id at once, possibly the own one, whose own place is first then, and have done
    /// so for a second. Published again when the places change.
    /// </summary>
    public sealed record DuplicateDevice(DeviceId DeviceId, ImmutableArray<PeerPlace> Places) : IDeviceEvent;

    /// <summary>One place at most is left where this device id is announced.</summary>
    public sealed record DuplicateEnded(DeviceId DeviceId) : IDeviceEvent;

    /// <summary>Another device on this network has our name: this one is announced under another.</summary>
    public sealed record DeviceRenamed(string AnnouncedName) : IDeviceEvent;

    /// <summary>One way of finding devices has come to another state: see docs/discovery.md for the order in which they follow.</summary>
    /// <param name="Interface">null: it is none's own</param>
    public sealed record RungChanged(FoundBy Way, string? Interface, RungState State) : IDeviceEvent;

    /// <summary>The same for all of them at once.</summary>
    public sealed record LadderChanged(ImmutableArray<RungView> Rungs) : IDeviceEvent
    {
        /// <summary>When the search that led here began, as <see cref="DeviceContext.Steady"/> has it.</summary>
        public DateTimeOffset? SearchStarted { get; init; }

        /// <summary>There is a network, and on none of its ways anybody was heard in the time that each has.</summary>
        public bool IsAlone => !Rungs.IsEmpty && Rungs.All(r => r.State == RungState.Nobody);
    }

    /// <summary>The last rung: nobody was found in any way, and a person is offered to pair a new device; or is no longer, as somebody is there.</summary>
    public sealed record PairingOffered(bool IsOffered) : IDeviceEvent;

    /// <summary>All that does not work now; what is not among it works, or works again.</summary>
    public sealed record InterfacesFailing(ImmutableArray<InterfaceFailure> Failing) : IDeviceState;
}
