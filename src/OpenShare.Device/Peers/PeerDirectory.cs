using System.Collections.Immutable;
using System.Net;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Peers;

/// <summary>What is known of every peer: what discovery sees now, and what handshakes have proven, kept on disk.</summary>
internal sealed class PeerDirectory(IPeerStore store, DeviceContext context)
{
    private readonly SortedDictionary<DeviceId, PeerSighting> _seen = [];
    private readonly SortedDictionary<DeviceId, PeerTrust> _trust = [];

    internal void Sighted(PeerSighting sighting) => _seen[sighting.DeviceId] = sighting;

    internal void Lost(DeviceId device) => _seen.Remove(device);

    internal ImmutableArray<IPEndPoint> AddressesOf(DeviceId device) =>
        _seen.TryGetValue(device, out var sighting) ? [.. sighting.Place.EndPoints] : store.Find(device)?.Endpoints ?? [];

    /// <param name="remote">where it was reached, or from where it came: then the port is no address, and it is found at the one it announces</param>
    internal void Proven(DeviceCertificate certificate, IPEndPoint remote, bool isDialled)
    {
        var known = store.Find(certificate.DeviceId);
        var endpoints = known?.Endpoints ?? [];
        _seen.TryGetValue(certificate.DeviceId, out var sighting);
        var reached = isDialled ? remote : sighting?.Place.EndPoints.FirstOrDefault(e => e.Address.Equals(remote.Address));
        if (reached is not null)
            endpoints = [reached, .. endpoints.Remove(reached).Take(PeerRecord.MaxEndpoints - 1)];
        var foundBy = sighting is not null ? sighting.FoundBy : known?.FoundBy ?? FoundBy.Typed;
        _trust[certificate.DeviceId] = PeerTrust.Certified;
        store.Save(new PeerRecord(certificate.DeviceId, certificate.Name, endpoints, context.Now, PeerTrust.Certified, foundBy));
    }

    internal string? NameOf(DeviceId device) => store.Find(device)?.Name ?? (_seen.TryGetValue(device, out var sighting) ? sighting.AnnouncedName : null);

    /// <summary>Those with an address, the last seen first.</summary>
    internal IEnumerable<DeviceId> LastSeen() =>
        store.All().Where(p => !p.Endpoints.IsEmpty && p.Trust == PeerTrust.Certified).OrderByDescending(p => p.LastSeen).Select(p => p.DeviceId);

    internal void Cloned(DeviceId device) => Refused(device, PeerTrust.Duplicate);

    internal void Settled(DeviceId device)
    {
        if (store.Find(device) is { Trust: PeerTrust.Duplicate })
            Refused(device, PeerTrust.Certified);
    }

    internal void Refused(DeviceId device, PeerTrust trust)
    {
        _trust[device] = trust;
        if (store.Find(device) is { } known)
            store.Save(known with { Trust = trust });
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
        var records = store.All().ToDictionary(r => r.DeviceId);
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
            Trust = revoked?.Revokes(v.DeviceId) == true ? PeerTrust.Revoked
                : duplicates.Contains(v.DeviceId) ? PeerTrust.Duplicate
                : v.Trust,
        })];
    }
}
