using System.Collections.Immutable;
using System.Net;

namespace OpenShare.Protocol.Discovery.Doctor;

public enum DoctorPlatform
{
    Linux,
    Windows,
    MacOs,
    Other,
}

/// <summary>What rules the packets of this host, as far as an ordinary user can tell: it decides which command mends something.</summary>
public enum HostFirewall
{
    Unknown,
    Ufw,
    Firewalld,
    Nftables,
    Windows,
    MacOs,
}

/// <summary>All that was found out, before anything is made of it.</summary>
/// <param name="WantedInterfaces">names of the only interfaces to discover on; empty: all</param>
/// <param name="Gateway">null: traffic to everywhere has no way out</param>
/// <param name="IsAgentRunning">false: the agent that looks ends with the question</param>
/// <param name="IsAboutOne">the question was about one device, the only one in <paramref name="Devices"/></param>
public sealed record DoctorFacts(
    DoctorPlatform Platform,
    HostFirewall Firewall,
    ImmutableArray<InterfaceFacts> Interfaces,
    ImmutableArray<string> WantedInterfaces,
    GatewayFacts? Gateway,
    ListeningFacts Listening,
    bool IsAgentRunning,
    IdentityFacts Identity,
    ClockFacts Clock,
    ServerFacts Server,
    ImmutableArray<DeviceFacts> Devices,
    bool IsAboutOne)
{
    /// <summary>Those that discovery works on.</summary>
    internal ImmutableArray<InterfaceFacts> Used => [.. Interfaces.Where(i => !i.Addresses.IsEmpty && (WantedInterfaces.IsEmpty || WantedInterfaces.Contains(i.Name)))];

    /// <summary>Of these those in which other machines are: containers and tunnels say nothing of the Wi-Fi, unless there is nothing else.</summary>
    internal ImmutableArray<InterfaceFacts> Telling => Used.Any(i => i.Kind == InterfaceKind.Ordinary) ? [.. Used.Where(i => i.Kind == InterfaceKind.Ordinary)] : Used;

    /// <summary>Some other host was heard or reached, in whatever way.</summary>
    internal bool IsAnybodyThere => Telling.Any(i => i.IsAnybodyHeard) || Others.Any(d => d.IsReached || d.IsLinked);

    /// <summary>Devices on other hosts.</summary>
    internal IEnumerable<DeviceFacts> Others => Devices.Where(d => !d.EndPoints.Any(e => IsHere(e.EndPoint.Address)));

    /// <summary>
    /// A device that cannot be found is wrong where it was asked for, or where no other is in sight; else it may well be
    /// switched off, and that is none of this device's problems.
    /// </summary>
    internal bool IsAbsenceWrong => !IsRevoked && (IsAboutOne || !Others.Any(d => d.IsSeen && d.IsReached));

    /// <summary>This device: it sees nobody any more, and nobody is to blame for that.</summary>
    private bool IsRevoked => Identity is IdentityFacts.Registered { Standing: CertificateStanding.Revoked };

    /// <summary>It said something while it was listened for, in whatever way: OpenShare runs there now.</summary>
    internal bool IsHeard(DeviceFacts device) => device.EndPoints.Any(e => e.Connecting != Connecting.Another &&
        Used.Any(i => i.Multicast.IsOf(e.EndPoint.Address) || i.Broadcast.Answered.Contains(e.EndPoint.Address)));

    internal bool IsHere(IPAddress address) => IPAddress.IsLoopback(address) || Interfaces.Any(i => i.Addresses.Any(a => a.Address.Equals(address)));

    /// <summary>The interface in whose network that address is.</summary>
    internal InterfaceFacts? NextTo(IPAddress address) => Used.FirstOrDefault(i => i.IsNextTo(address));
}
