using System.Collections.Immutable;
using System.Net;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Discovery.Doctor;

/// <summary>The device that is examined: what its flows know, and what they can try.</summary>
internal interface IDoctorDevice
{
    ListeningFacts Listening { get; }

    /// <summary>False: it was started for this examination.</summary>
    bool IsAgentRunning { get; }

    /// <summary>Names of the only interfaces to discover on; empty: all.</summary>
    ImmutableArray<string> WantedInterfaces { get; }

    Task<RegistrationSnapshot> GetRegistration(CancellationToken cancellation);

    /// <summary>How the service proves itself, as it is kept; null where this device is not registered.</summary>
    Task<RegistrationRecord?> GetRecord();

    Task<RevocationKnowledge> GetRevocationList(CancellationToken cancellation);

    /// <summary>Devices in sight and known ones.</summary>
    Task<ImmutableArray<KnownDevice>> GetDevices(CancellationToken cancellation);

    /// <summary>Asks a device, over the link that is open with it, to connect back to this one.</summary>
    Task<DialBackOutcome> AskDialBack(DeviceId device, int port, CancellationToken cancellation);

    /// <summary>Makes a handshake with whoever is at that address, and a link of it.</summary>
    Task<AddressResolution> Resolve(IPEndPoint endPoint, CancellationToken cancellation);
}

/// <param name="Announced">where it is said to be now, best first</param>
/// <param name="Before">where it was reached before, best first</param>
/// <param name="LastSeen">null where no handshake ever proved it</param>
internal sealed record KnownDevice(
    DeviceId Id, string Name, DeviceStanding Standing, bool IsSeen, ImmutableArray<IPEndPoint> Announced, ImmutableArray<IPEndPoint> Before, DateTimeOffset? LastSeen)
{
    internal ImmutableArray<IPEndPoint> EndPoints => [.. Announced.Concat(Before).Distinct()];
}

/// <param name="Version">0: none is held</param>
/// <param name="IsRevokedHere">it names this device</param>
internal sealed record RevocationKnowledge(ulong Version, bool IsStale, bool IsRevokedHere);
