using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Discovery.Places;

namespace OpenShare.Protocol.Discovery.Doctor;

public enum InterfaceKind
{
    Ordinary,

    /// <summary>A tunnel: what goes in comes out in another network.</summary>
    Vpn,

    /// <summary>Of containers or virtual machines on this host.</summary>
    Virtual,
}

/// <summary>Whether something was there when it was asked.</summary>
public enum Presence
{
    /// <summary>It was not asked, or there is no telling.</summary>
    Unknown,
    Answers,
    Silent,
}

/// <summary>One of this host's own addresses, with the length of its subnet's prefix.</summary>
public sealed record AddressFacts(IPAddress Address, int PrefixLength)
{
    /// <summary>Assigned by the host to itself: no router, and no DHCP server, gave it.</summary>
    public bool IsSelfAssigned => PeerAddresses.IsLinkLocal(Address);

    /// <summary>True when <paramref name="other"/> is in this address's subnet: no router lies between.</summary>
    public bool Contains(IPAddress other)
    {
        var (own, theirs) = (Address.GetAddressBytes(), other.GetAddressBytes());
        if (own.Length != theirs.Length || (Address.IsIPv6LinkLocal && Address.ScopeId != other.ScopeId))
            return false;
        for (var bit = 0; bit < Math.Min(PrefixLength, own.Length * 8); bit++)
        {
            if (((own[bit / 8] ^ theirs[bit / 8]) & (0x80 >> (bit % 8))) != 0)
                return false;
        }
        return true;
    }
}

public enum Sending
{
    NotTried,
    Sent,

    /// <summary>Another program has the port and does not share it.</summary>
    PortTaken,

    /// <summary>A firewall on this host does not let it out.</summary>
    Forbidden,

    Failed,
}

/// <summary>What became of questions to everybody on one interface, by multicast DNS. Only other hosts count.</summary>
/// <param name="AnsweredAlone">who answered a question, to this host alone: it went out, and unicast came back</param>
/// <param name="AnsweredAll">who answered one by multicast: it went out, and multicast comes in</param>
/// <param name="Heard">who said anything by multicast, asked or not</param>
/// <param name="HeardDevices">those of them that are OpenShare devices, of any account</param>
public sealed record MulticastFacts(
    Sending Sending, ImmutableArray<IPAddress> AnsweredAlone, ImmutableArray<IPAddress> AnsweredAll, ImmutableArray<IPAddress> Heard, ImmutableArray<IPAddress> HeardDevices)
{
    public static readonly MulticastFacts None = new(Sending.NotTried, [], [], [], []);

    /// <summary>Why sending failed, where it did.</summary>
    public string? Trouble { get; init; }

    public bool GoesOut => !AnsweredAlone.IsEmpty || !AnsweredAll.IsEmpty;

    public bool ComesIn => !Heard.IsEmpty;

    internal bool IsOf(IPAddress address) => AnsweredAlone.Contains(address) || Heard.Contains(address);
}

/// <summary>The same by broadcast: who answered.</summary>
/// <param name="IsOwnHeard">the agent on this host answered: so others would too, being no older</param>
public sealed record BroadcastFacts(Sending Sending, ImmutableArray<IPAddress> Answered, bool IsOwnHeard)
{
    public static readonly BroadcastFacts None = new(Sending.NotTried, [], false);
}

/// <summary>A network interface that is up, and not loopback.</summary>
public sealed record InterfaceFacts(string Name, InterfaceKind Kind, ImmutableArray<AddressFacts> Addresses)
{
    public MulticastFacts Multicast { get; init; } = MulticastFacts.None;

    public BroadcastFacts Broadcast { get; init; } = BroadcastFacts.None;

    internal bool IsAnybodyHeard => Multicast.GoesOut || Multicast.ComesIn || !Broadcast.Answered.IsEmpty;

    /// <summary>True when no router lies between this interface and that address.</summary>
    public bool IsNextTo(IPAddress address) => Addresses.Any(a => a.Contains(address));
}

/// <summary>The way out of the own network.</summary>
/// <param name="Interface">through which traffic to everywhere goes</param>
/// <param name="Address">null: no gateway (a tunnel needs none)</param>
public sealed record GatewayFacts(string Interface, IPAddress? Address, Presence Presence);
