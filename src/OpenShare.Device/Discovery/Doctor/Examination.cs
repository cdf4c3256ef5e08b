using System.Collections.Immutable;
using System.Net;
using OpenShare.Device.Discovery.Doctor.Host;
using OpenShare.Device.Hosting;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Discovery.Doctor;

/// <summary>What an examination works with. Tests and simulations give it others.</summary>
internal sealed record DoctorTools(IDoctorHost Host, IReachability Reach, IHelperPackets Packets, IServiceCheck Service)
{
    internal static DoctorTools Real(DeviceContext context) => new(new SystemHost(), new SystemReachability(), new UdpHelperPackets(context), new HttpServiceCheck());
}

/// <summary>Finds out all that a diagnosis is made of, everything at once and within a few seconds. One at a time.</summary>
internal sealed class Examination(DeviceContext context, DoctorTools tools, IDoctorDevice device) : IDisposable
{
    // An answer by multicast takes up to half a second; what is lost is asked again.
    private static readonly TimeSpan HearingPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SightPatience = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan ServicePatience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    // Who has not been seen for so long is not missed.
    private static readonly TimeSpan Missed = TimeSpan.FromDays(30);
    private const int MostDevices = 8;

    private readonly SemaphoreSlim _one = new(1);
    private readonly DeviceExamination _others = new(context, tools.Reach, device);

    internal async Task<Diagnosis> Diagnose(DoctorSubject subject, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return Diagnosis.Of(await Examine(subject, cancellation).ConfigureAwait(false));
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<DoctorFacts> Examine(DoctorSubject subject, CancellationToken cancellation)
    {
        var interfaces = tools.Host.Interfaces();
        var used = device.WantedInterfaces.IsEmpty ? interfaces : [.. interfaces.Where(i => device.WantedInterfaces.Contains(i.Name))];
        var registration = await device.GetRegistration(cancellation).ConfigureAwait(false);

        var identity = Identity(registration, cancellation);
        var server = Server(registration, cancellation);
        var gateway = Gateway(interfaces, cancellation);
        ImmutableArray<KnownDevice> sought = [];
        ImmutableArray<ImmutableArray<IPAddress>> expected = subject is DoctorSubject.Place { EndPoint.Address: var there } ? [[there]] : [];
        using var hearingEnds = new CancellationTokenSource(HearingPatience, context.Time);
        using var hearing = CancellationTokenSource.CreateLinkedTokenSource(hearingEnds.Token, cancellation);
        HashSet<IPAddress> own = [.. interfaces.SelectMany(i => i.Addresses).Select(a => a.Address)];
        var heard = tools.Packets.Ask(used, own, facts => IsEnough(facts, expected), hearing.Token);
        sought = [.. (await LookAround(subject, cancellation).ConfigureAwait(false)).Select(d => Elsewhere(d, own))];
        if (subject is not DoctorSubject.Place)
            expected = [.. sought.Select(d => d.EndPoints.Select(e => e.Address).ToImmutableArray())];
        var devices = subject is DoctorSubject.Place place
            ? [await _others.Examine(place.EndPoint, cancellation).ConfigureAwait(false)]
            : await Judged(await Task.WhenAll(sought.Select(d => _others.Examine(d, cancellation))).ConfigureAwait(false), cancellation).ConfigureAwait(false);

        var asked = await heard.ConfigureAwait(false);
        var (facts, date) = await server.ConfigureAwait(false);
        var now = context.Now;
        return new DoctorFacts(
            tools.Host.Platform,
            tools.Host.Firewall,
            [.. interfaces.Select(i => asked.FirstOrDefault(a => a.Name == i.Name) ?? new InterfaceFacts(i.Name, i.Kind, i.Addresses))],
            device.WantedInterfaces,
            await gateway.ConfigureAwait(false),
            device.Listening,
            device.IsAgentRunning,
            await identity.ConfigureAwait(false),
            new ClockFacts(now, registration.Floor.IssuedAt, date),
            facts,
            [.. devices],
            IsAboutOne: subject is not DoctorSubject.Everybody);
    }

    /// <summary>Waits a moment for those who are known to come in sight: an agent that has just started sees nobody yet.</summary>
    private async Task<ImmutableArray<KnownDevice>> LookAround(DoctorSubject subject, CancellationToken cancellation)
    {
        if (subject is DoctorSubject.Place)
            return [];
        var started = context.Steady;
        while (true)
        {
            var devices = await device.GetDevices(cancellation).ConfigureAwait(false);
            ImmutableArray<KnownDevice> sought = subject is DoctorSubject.Device one
                ? [.. devices.Where(d => d.Id == one.Id)]
                : [.. devices.Where(IsMissed).OrderByDescending(d => d.IsSeen).ThenByDescending(d => d.LastSeen).Take(MostDevices)];
            var patience = sought.IsEmpty ? HearingPatience : SightPatience;
            if ((!sought.IsEmpty && sought.All(d => d.IsSeen)) || context.Steady - started > patience)
                return sought;
            await Task.Delay(Pace, context.Time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The handshakes made meanwhile may have shown what a device is.</summary>
    private async Task<DeviceFacts[]> Judged(DeviceFacts[] examined, CancellationToken cancellation)
    {
        var standings = (await device.GetDevices(cancellation).ConfigureAwait(false)).ToDictionary(d => d.Id, d => d.Standing);
        return [.. examined.Select(e => e.Id is { } id && standings.TryGetValue(id, out var standing) ? e with { Standing = standing } : e)];
    }

    /// <summary>Where it was before may be this host's own by now; unless it says so itself it is not there.</summary>
    private static KnownDevice Elsewhere(KnownDevice known, HashSet<IPAddress> own) =>
        known with { Before = [.. known.Before.Where(e => !IPAddress.IsLoopback(e.Address) && !own.Contains(e.Address))] };

    private bool IsMissed(KnownDevice known) =>
        known.IsSeen || (known.Standing != DeviceStanding.Revoked && known.LastSeen is { } last && context.Now - last < Missed);

    /// <summary>Multicast is known to pass both ways, and broadcast where it does, and each device was heard at one of its addresses.</summary>
    private static bool IsEnough(ImmutableArray<InterfaceFacts> facts, ImmutableArray<ImmutableArray<IPAddress>> devices) =>
        !devices.IsEmpty && facts.Any(i => i.Multicast is { GoesOut: true, ComesIn: true })
        && facts.All(i => i.Multicast is not { GoesOut: true, ComesIn: true } || i.Broadcast.Sending != Sending.Sent || !i.Broadcast.Answered.IsEmpty)
        && devices.All(d => d.Any(a => facts.Any(i => i.Multicast.AnsweredAlone.Contains(a) && i.Multicast.Heard.Contains(a))));

    private async Task<GatewayFacts?> Gateway(ImmutableArray<HostInterface> interfaces, CancellationToken cancellation)
    {
        if (tools.Host.WayOut(interfaces) is not { } way)
            return null;
        using var patience = new CancellationTokenSource(DeviceExamination.ConnectPatience, context.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        var presence = way.Gateway is { } address ? await tools.Reach.LookFor(address, ended.Token).ConfigureAwait(false) : Presence.Unknown;
        return new GatewayFacts(way.Interface, way.Gateway, presence);
    }

    private async Task<IdentityFacts> Identity(Registration.RegistrationSnapshot registration, CancellationToken cancellation)
    {
        if (registration.Identity is not { } identity)
        {
            return registration.State switch
            {
                RegistrationState.Underway underway => new IdentityFacts.Underway(underway.Server, underway.LastProblem),
                RegistrationState.Refused refused => new IdentityFacts.Refused(refused.Detail),
                _ => new IdentityFacts.Unregistered(),
            };
        }
        var list = await device.GetRevocationList(cancellation).ConfigureAwait(false);
        var certificate = identity.Certificate;
        var standing = list.IsRevokedHere ? CertificateStanding.Revoked
            : identity.IsWithdrawn ? CertificateStanding.Withdrawn
            : certificate.ValidityAt(registration.Floor.At(context.Now)) == CertificateValidity.Expired ? CertificateStanding.Expired
            : CertificateStanding.Good;
        return new IdentityFacts.Registered(standing, certificate.IssuedAt, certificate.ExpiresAt, list.Version, list.IsStale) { PairedBy = certificate.Sponsor?.Name };
    }

    private async Task<(ServerFacts Facts, TimeSpan? Ahead)> Server(Registration.RegistrationSnapshot registration, CancellationToken cancellation)
    {
        var record = await device.GetRecord().ConfigureAwait(false);
        var contact = record is not null ? new ServiceContact(record.Server, record.ServerTrust, Pin: null)
            : registration.State is RegistrationState.Underway underway ? new ServiceContact(underway.Server, null, Pin: null)
            : null;
        if (contact is null)
            return (new ServerFacts.NotAsked(), null);
        using var patience = new CancellationTokenSource(ServicePatience, context.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        var trust = registration.Identity?.Chain;
        var (facts, date) = await tools.Service.Ask(contact, trust, registration.Floor.At(context.Now), ended.Token).ConfigureAwait(false);
        return (facts, context.Now - date);
    }
}
