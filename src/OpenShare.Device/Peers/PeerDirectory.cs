using System.Collections.Immutable;
using System.Net;
using Akka.Event;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Peers;

/// <summary>What is known of every peer: what discovery sees now, and what handshakes have proven, kept on disk.</summary>
internal sealed class PeerDirectory(IPeerStore store, DeviceContext context, ILoggingAdapter log)
{
    private readonly SortedDictionary<DeviceId, PeerSighting> _seen = [];
    private readonly SortedDictionary<DeviceId, PeerTrust> _trust = [];

    // A disk that is full ends no link: what it did not take is known here until it does.
    private readonly SortedDictionary<DeviceId, PeerRecord> _unsaved = [];

    // From where those came who proved themselves before they were announced.
    private readonly SortedDictionary<DeviceId, IPAddress> _cameFrom = [];

    internal void Sighted(PeerSighting sighting)
    {
        _seen[sighting.DeviceId] = sighting;
        if (!_cameFrom.TryGetValue(sighting.DeviceId, out var address) || AnnouncedAt(sighting, address) is not { } reached || Find(sighting.DeviceId) is not { } known)
            return;
        _cameFrom.Remove(sighting.DeviceId);
        Save(known with { Endpoints = First(reached, known.Endpoints, sighting), FoundBy = sighting.FoundBy });
    }

    internal void Lost(DeviceId device) => _seen.Remove(device);

    internal ImmutableArray<IPEndPoint> AddressesOf(DeviceId device) =>
        _seen.TryGetValue(device, out var sighting) ? [.. sighting.Place.EndPoints] : ReachedAt(device);

    /// <summary>Where it was reached before, whatever is announced of it now; the last first.</summary>
    internal ImmutableArray<IPEndPoint> ReachedAt(DeviceId device) => Find(device)?.Endpoints ?? [];

    internal bool IsProven(DeviceId device) => Find(device) is not null;

    /// <param name="remote">where it was reached, or from where it came: then the port is no address, and it is found at the one it announces</param>
    internal void Proven(DeviceCertificate certificate, IPEndPoint remote, bool isDialled)
    {
        var known = Find(certificate.DeviceId);
        if (known is null)
            log.Info("{0} ({1}) is known from now on: it proved itself {2} {3}", certificate.Name, certificate.DeviceId, isDialled ? "at" : "coming from", remote);
        var endpoints = known?.Endpoints ?? [];
        _seen.TryGetValue(certificate.DeviceId, out var sighting);
        var reached = isDialled ? remote : sighting is null ? null : AnnouncedAt(sighting, remote.Address);
        _cameFrom.Remove(certificate.DeviceId);
        if (reached is null)
            _cameFrom.Add(certificate.DeviceId, remote.Address);
        else
            endpoints = First(reached, endpoints, sighting);
        var foundBy = sighting is not null ? sighting.FoundBy : known?.FoundBy ?? FoundBy.Typed;
        // Each that holds a copied key can prove it: that alone settles nothing.
        var trust = known?.Trust == PeerTrust.Duplicate ? PeerTrust.Duplicate : certificate.IsProvisional ? PeerTrust.Provisional : PeerTrust.Certified;
        _trust[certificate.DeviceId] = trust;
        Save(new PeerRecord(certificate.DeviceId, certificate.Name, endpoints, context.Now, trust, foundBy) { DeviceNo = certificate.DeviceNo });
    }

    /// <summary>It came from an address at which it does not announce itself, and says where it listens there.</summary>
    internal void Told(DeviceId device, IPEndPoint place)
    {
        if (!_cameFrom.TryGetValue(device, out var address) || !address.Equals(place.Address) || Find(device) is not { } known)
            return;
        _cameFrom.Remove(device);
        Save(known with { Endpoints = First(place, known.Endpoints, _seen.GetValueOrDefault(device)) });
    }

    internal string? NameOf(DeviceId device) => Find(device)?.Name ?? (_seen.TryGetValue(device, out var sighting) ? sighting.AnnouncedName : null);

    /// <summary>What a revocation list would name it by; 0: it has not proven itself yet, or has none.</summary>
    internal ulong NumberOf(DeviceId device) => Find(device)?.DeviceNo ?? 0;

    /// <summary>Those that can be looked for, the last seen first.</summary>
    internal IEnumerable<DeviceId> LastSeen() => All().Where(CanBeLookedFor).OrderByDescending(p => p.LastSeen).Select(p => p.DeviceId);

    /// <summary>It was reached before, and is trusted.</summary>
    internal bool CanBeLookedFor(DeviceId device) => Find(device) is { } known && CanBeLookedFor(known);

    internal void Cloned(DeviceId device) => Judge(device, PeerTrust.Duplicate);

    internal void Settled(DeviceId device)
    {
        if (Find(device) is { Trust: PeerTrust.Duplicate })
            Judge(device, PeerTrust.Certified);
    }

    internal void Refused(DeviceId device, PeerTrust trust)
    {
        if (Find(device) is not { Trust: PeerTrust.Duplicate })
            Judge(device, trust);
    }

    private static IPEndPoint? AnnouncedAt(PeerSighting sighting, IPAddress address) => sighting.Place.EndPoints.FirstOrDefault(e => e.Address.Equals(address));

    // Where it was reached, and then where else it says that it is: a network that drops multicast has no neighbour discovery, and so no IPv6
    // (RFC 4861). Whoever is dialled there has to prove who it is.
    private static ImmutableArray<IPEndPoint> First(IPEndPoint reached, ImmutableArray<IPEndPoint> known, PeerSighting? sighting) =>
        [.. known.Prepend(reached).Concat(sighting?.Place.EndPoints ?? []).Distinct().Take(PeerRecord.MaxEndpoints)];

    private void Judge(DeviceId device, PeerTrust trust)
    {
        _trust[device] = trust;
        if (Find(device) is { } known)
            Save(known with { Trust = trust });
    }

    private static bool CanBeLookedFor(PeerRecord known) => !known.Endpoints.IsEmpty && known.Trust is PeerTrust.Certified or PeerTrust.Provisional;

    private PeerRecord? Find(DeviceId device) => _unsaved.GetValueOrDefault(device) ?? store.Find(device);

    private IEnumerable<PeerRecord> All() => store.All().Where(p => !_unsaved.ContainsKey(p.DeviceId)).Concat(_unsaved.Values);

    private void Save(PeerRecord record)
    {
        var isFirst = _unsaved.Count == 0;
        _unsaved[record.DeviceId] = record;
        try
        {
            foreach (var unsaved in _unsaved.Values.ToList())
            {
                store.Save(unsaved);
                _unsaved.Remove(unsaved.DeviceId);
            }
        }
        catch (StorageException error)
        {
            if (isFirst)
                log.Warning("What is known of other devices cannot be stored, and is kept in memory until it can: {0}", error.Message);
        }
    }

    // Where it was last reached, if it is still announced there.
    private static IPEndPoint? AddressOf(PeerSighting sighting, PeerRecord? known)
    {
        var announced = AddressOrder.BestFirst(sighting.Place.EndPoints);
        return known?.Endpoints.FirstOrDefault(e => announced.Contains(e)) ?? announced.FirstOrDefault();
    }

    internal ImmutableArray<PeerView> View(RevocationList? revoked, IReadOnlySet<DeviceId> duplicates)
    {
        var views = new SortedDictionary<DeviceId, PeerView>();
        var records = All().ToDictionary(r => r.DeviceId);
        foreach (var known in records.Values)
            views[known.DeviceId] = new PeerView(known.DeviceId, known.Name, null, known.Trust, null, null);
        foreach (var (device, sighting) in _seen)
        {
            var name = views.TryGetValue(device, out var known) ? known.Name : sighting.AnnouncedName;
            var trust = _trust.TryGetValue(device, out var current) ? current : known?.Trust ?? PeerTrust.Certified;
            views[device] = new PeerView(device, name, AddressOf(sighting, records.GetValueOrDefault(device)), trust, sighting.FoundBy, sighting.Latency, IsProven: known is not null);
        }
        return [.. views.Values.Select(v => v with
        {
            Trust = revoked?.Names(v.DeviceId, records.GetValueOrDefault(v.DeviceId)?.DeviceNo ?? 0) == true ? PeerTrust.Revoked
                : duplicates.Contains(v.DeviceId) ? PeerTrust.Duplicate
                : v.Trust,
        })];
    }
}
