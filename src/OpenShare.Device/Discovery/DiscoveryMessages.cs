using System.Collections.Immutable;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Discovery;

/// <summary>What a device announces of itself, and on which interfaces it looks for others.</summary>
/// <param name="DeviceName">1-64 printable characters</param>
/// <param name="ShortFingerprint">the public key's <see cref="PublicKey.ShortFingerprint"/></param>
/// <param name="AccountHash">only devices that announce the same are sighted</param>
/// <param name="AdvertisedPort">where peers connect to, 1-65535</param>
/// <param name="Interfaces">names of the interfaces to use; null: every one</param>
/// <param name="News">what this device knows; null: it says nothing of it</param>
/// <param name="PreviousAccountHash">devices that announce this are sighted as well</param>
public sealed record DiscoveryOptions(
    string DeviceName, DeviceId DeviceId, string ShortFingerprint, AccountHash AccountHash, int AdvertisedPort, ImmutableArray<string>? Interfaces = null, NewsTag? News = null,
    AccountHash? PreviousAccountHash = null)
{
    /// <summary>Where QUIC is listened for; null: nowhere.</summary>
    public int? QuicPort { get; init; }

    internal MdnsOptions ForMdns() =>
        new(DeviceName, new ServiceAnnouncement(AccountHash, DeviceId, ShortFingerprint, AdvertisedPort, News), PreviousAccountHash) { QuicPort = QuicPort };
}

/// <summary>Told to the device's <c>discovery</c> actor.</summary>
public static class DiscoveryCommands
{
    /// <summary>Announces this device and looks for others; where it already does, with these options from now on.</summary>
    public sealed record Start(DiscoveryOptions Options);

    /// <summary>Says goodbye and looks no more. What was sighted counts as lost.</summary>
    public sealed record Stop
    {
        public static readonly Stop Instance = new();
    }

    /// <summary>Searches and announces at once: the host woke up, or the user asks.</summary>
    public sealed record LookAgain
    {
        public static readonly LookAgain Instance = new();
    }
}

public static class DiscoveryQueries
{
    /// <summary>Answered by <see cref="DiscoverySnapshot"/>.</summary>
    public sealed record GetPeers
    {
        public static readonly GetPeers Instance = new();
    }
}

/// <param name="IsRunning">false before Start and after Stop</param>
/// <param name="AnnouncedName">the device's name, or the one it got because another device has that</param>
/// <param name="Peers">in the order of their ids</param>
public sealed record DiscoverySnapshot(
    bool IsRunning, string? AnnouncedName, ImmutableArray<PeerSighting> Peers, ImmutableArray<DiscoveryEvents.DuplicateDevice> Duplicates);
