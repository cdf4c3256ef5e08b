using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Discovery.Doctor;

/// <summary>A running device, asked from outside with a time limit.</summary>
/// <param name="revoked">the revocation list in force; null before there is one</param>
internal sealed class AskedDevice(
    IActorRef device, DeviceAdapters adapters, ListeningFacts listening, DeviceOptions options, Func<RevocationList?> revoked) : IDoctorDevice
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private int _requests;

    public ListeningFacts Listening => listening;

    public bool IsAgentRunning => options.Reach != DeviceReach.Diagnosis;

    public ImmutableArray<string> WantedInterfaces => options.Interfaces;

    public Task<RegistrationSnapshot> GetRegistration(CancellationToken cancellation) =>
        Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration(), cancellation);

    public Task<RegistrationRecord?> GetRecord() => adapters.Context.Workers.Run(adapters.Database.Registration.Load);

    public async Task<RevocationKnowledge> GetRevocationList(CancellationToken cancellation)
    {
        var list = await Ask<RevocationView>(new RevocationCommands.GetRevocation(), cancellation).ConfigureAwait(false);
        var registration = await GetRegistration(cancellation).ConfigureAwait(false);
        return new RevocationKnowledge(list.Version, list.IsStale, registration.Identity is { } own && revoked()?.Revokes(own.Certificate) == true);
    }

    public async Task<ImmutableArray<KnownDevice>> GetDevices(CancellationToken cancellation)
    {
        var views = await Ask<ImmutableArray<PeerView>>(new PeerQueries.GetPeers(), cancellation).ConfigureAwait(false);
        var sighted = (await Ask<DiscoverySnapshot>(DiscoveryQueries.GetPeers.Instance, cancellation).ConfigureAwait(false)).Peers.ToDictionary(s => s.DeviceId);
        var records = (await adapters.Context.Workers.Run(adapters.Database.Peers.All).ConfigureAwait(false)).ToDictionary(r => r.DeviceId);
        return [.. views.Where(v => v.Trust != PeerTrust.Unpaired).Select(v => Known(v, sighted.GetValueOrDefault(v.DeviceId), records.GetValueOrDefault(v.DeviceId)))];
    }

    public Task<DialBackOutcome> AskDialBack(DeviceId peer, int port, CancellationToken cancellation) =>
        Ask<DialBackOutcome>(new PeerCommands.AskDialBack(peer, port, OnlyFamily), cancellation);

    public Task<AddressResolution> Resolve(IPEndPoint endPoint, CancellationToken cancellation) =>
        Ask<AddressResolution>(new PeerCommands.Resolve(Interlocked.Increment(ref _requests), endPoint), cancellation);

    // A listener on every IPv6 address takes IPv4 too.
    private AddressFamily? OnlyFamily =>
        adapters.Listener?.LocalEndPoint is { } local && !local.Address.Equals(IPAddress.IPv6Any) ? local.AddressFamily : null;

    private static KnownDevice Known(PeerView view, PeerSighting? sighting, PeerRecord? record) => new(
        view.DeviceId,
        Printable.Shorten(view.Name),
        view.Trust switch
        {
            PeerTrust.Revoked => DeviceStanding.Revoked,
            PeerTrust.Expired => DeviceStanding.Expired,
            PeerTrust.Duplicate => DeviceStanding.Duplicate,
            _ => DeviceStanding.Good,
        },
        IsSeen: sighting is not null,
        AddressOrder.BestFirst(sighting?.Place.EndPoints ?? []),
        AddressOrder.BestFirst(record?.Endpoints ?? []),
        record?.LastSeen);

    private Task<T> Ask<T>(object question, CancellationToken cancellation) => device.Ask<T>(question, Patience, cancellation);
}
