using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>The devices that the records of one interface add up to, and what was told of them.</summary>
internal sealed class Candidates(DiscoveryMedium medium)
{
    private readonly SortedDictionary<DnsName, Candidate> _told = [];
    private int _others;

    /// <summary>What holds, by instance.</summary>
    internal IReadOnlyDictionary<DnsName, Candidate> Told => _told;

    /// <summary>Some are of the account, and on other hosts.</summary>
    internal bool HaveOthers => _others > 0;

    /// <summary>Tells of one instance, as it is now.</summary>
    internal void Tell(RecordCache cache, MdnsInterface network, MdnsOptions own, IReadOnlySet<IPAddress> ownAddresses, DnsName instance, DateTimeOffset now, PeerTables peers)
    {
        var before = _told.GetValueOrDefault(instance);
        var after = Of(cache, network, own, ownAddresses, instance);
        peers.Replace(before, after);
        _others += (IsOther(after) ? 1 : 0) - (IsOther(before) ? 1 : 0);
        // Seen again, it was away since now: under a key that this device had not, say.
        if (before is not null && after is null && cache.Newest(instance, DnsType.Ptr) is { } pointer)
            pointer.AppearedAt = now;
        if (after is null)
            _told.Remove(instance);
        else
            _told[instance] = after;
    }

    /// <summary>Takes back all it told.</summary>
    internal void TakeBack(PeerTables peers)
    {
        foreach (var candidate in _told.Values)
            peers.Replace(candidate, null);
        _told.Clear();
        _others = 0;
    }

    private static bool IsOther(Candidate? candidate) => candidate is { IsElsewhere: true, IsUnpaired: false };

    private Candidate? Of(RecordCache cache, MdnsInterface network, MdnsOptions own, IReadOnlySet<IPAddress> ownAddresses, DnsName instance)
    {
        if (cache.Newest(instance, DnsType.Ptr) is not { } pointer
            || cache.Newest(instance, DnsType.Srv) is not { Record.Data: DnsData.Service service } srv
            || cache.Newest(instance, DnsType.Txt) is not { Announcement: { } announcement } || !own.IsHeard(announcement.Account))
            return null;
        var addresses = cache.Addresses(service.Target, network);
        if (addresses.IsEmpty || service.Port == 0)
            return null;
        return new Candidate(
            announcement.DeviceId, Printable.Shorten(instance.Labels[0]), announcement.ShortFingerprint,
            service.Target.ToString().ToLowerInvariant(), service.Port, addresses,
            announcement.News, pointer.AppearedAt, srv.HeardAt, medium, addresses.Any(a => !ownAddresses.Contains(PeerAddresses.WithoutScope(a))), pointer.IsLeaving || srv.IsLeaving,
            announcement.Account == AccountHash.Unpaired);
    }
}
