using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Discovery.Doctor;

/// <summary>A network interface of this host that is up.</summary>
/// <param name="Index">the operating system's number for it</param>
internal sealed record HostInterface(int Index, string Name, InterfaceKind Kind, ImmutableArray<AddressFacts> Addresses);

/// <summary>What this host knows of its own network.</summary>
internal interface IDoctorHost
{
    DoctorPlatform Platform { get; }

    HostFirewall Firewall { get; }

    /// <summary>All that are up, but loopback.</summary>
    ImmutableArray<HostInterface> Interfaces();

    /// <summary>Which way traffic to everywhere goes; null: none.</summary>
    (string Interface, IPAddress? Gateway)? WayOut(ImmutableArray<HostInterface> interfaces);
}

/// <summary>Asks one address. Never throws; cancelling ends it with what is known by then.</summary>
internal interface IReachability
{
    /// <summary>Opens a TCP connection, and closes it.</summary>
    Task<Connecting> Connect(IPEndPoint endPoint, CancellationToken cancellation);

    /// <summary>Whether any host has that address.</summary>
    Task<Presence> LookFor(IPAddress address, CancellationToken cancellation);
}

/// <summary>Asks everybody: helper packets by multicast and by broadcast.</summary>
internal interface IHelperPackets
{
    /// <summary>Asks on all these interfaces, several times, and listens until cancelled or until it is enough.</summary>
    /// <param name="own">all addresses of this host: packets from there are no other's</param>
    /// <param name="isEnough">asked again and again with what is known so far</param>
    Task<ImmutableArray<InterfaceFacts>> Ask(
        ImmutableArray<HostInterface> interfaces, IReadOnlySet<IPAddress> own, Func<ImmutableArray<InterfaceFacts>, bool> isEnough, CancellationToken cancellation);
}

/// <summary>Asks the registration service.</summary>
internal interface IServiceCheck
{
    /// <param name="contact">where, and by what its TLS certificate is judged</param>
    /// <param name="trust">the trust roots of which the newest has to vouch for its TLS key; null: not known yet</param>
    /// <param name="now">as this device takes it</param>
    Task<ServiceCheckResult> Ask(ServiceContact contact, TrustChain? trust, DateTimeOffset now, CancellationToken cancellation);
}

/// <param name="Date">the service's own time, where it proved itself</param>
internal sealed record ServiceCheckResult(ServerFacts Facts, DateTimeOffset? Date);
