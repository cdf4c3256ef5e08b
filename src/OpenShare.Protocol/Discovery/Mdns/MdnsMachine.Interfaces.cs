using System.Collections.Immutable;
using OpenShare.Protocol.Discovery.Places;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>Interfaces that come, change and go.</summary>
public sealed partial class MdnsMachine
{
    private readonly Interruptions _interruptions = new();

    private void ChangeInterfaces(ImmutableArray<MdnsInterface> interfaces, DateTimeOffset now, List<MdnsEffect> effects)
    {
        var usable = interfaces
            .Select(i => i with { Addresses = [.. i.Addresses.Select(PeerAddresses.WithoutScope).Distinct()] })
            .Where(i => !i.Addresses.IsEmpty).OrderBy(i => i.Index).Take(Interfaces).ToDictionary(i => i.Index);
        // Asked for every few seconds, and mostly the same.
        if (usable.Count == _links.Count(l => l.Medium == DiscoveryMedium.Multicast) && _links.All(l => usable.GetValueOrDefault(l.Network.Index) == l.Network))
            return;
        var before = _links;
        _ownAddresses = [.. usable.Values.SelectMany(i => i.Addresses)];
        _links =
        [
            .. usable.Values.OrderBy(i => i.Index).SelectMany(i => MdnsLink.MediaOf(i).Select(
                m => Find(i.Index, m) is { } known ? Changed(known, i, now, effects) : Started(i, m, now))),
        ];
        foreach (var gone in before.Except(_links))
        {
            gone.Browser.TakeBack(_peers);
            if (gone.Medium == DiscoveryMedium.Broadcast)
                continue;
            _interruptions.Note(gone, now);
            GoodbyeFor(gone.Network, effects);
        }
        AnnounceTogether(now);
        ChangeOwn(_own);
    }

    // RFC 6762 §10.2: what one interface announces takes the place of all that is known of the host in its network. So those
    // that are in one network announce their addresses as one set.
    private void AnnounceTogether(DateTimeOffset now)
    {
        foreach (var link in _links)
            link.AnnounceWith(_links.Where(l => SharesNetwork(l.Network, link.Network)).SelectMany(l => l.Network.Addresses), now);
    }

    private void GoodbyeFor(MdnsInterface gone, List<MdnsEffect> effects)
    {
        foreach (var link in _links.Where(l => SharesNetwork(l.Network, gone)))
            link.Responder.Goodbye(_own, gone.Addresses.Except(_ownAddresses), effects);
    }

    private static bool SharesNetwork(MdnsInterface one, MdnsInterface other) =>
        one.Index != other.Index && !one.IsLoopback && !other.IsLoopback && PeerAddresses.ShareNetwork(one.Addresses, other.Addresses);

    private MdnsLink Started(MdnsInterface network, DiscoveryMedium medium, DateTimeOffset now)
    {
        if (medium == DiscoveryMedium.Multicast && _interruptions.TakeEnded(network, now) is { } known)
        {
            known.Network = network;
            known.Resume(now);
            return known;
        }
        var link = new MdnsLink(network, medium, _random);
        if (medium == DiscoveryMedium.Multicast)
            link.Start(now);
        else
            link.Rest();
        return link;
    }

    private MdnsLink Changed(MdnsLink link, MdnsInterface network, DateTimeOffset now, List<MdnsEffect> effects)
    {
        if (link.Network == network)
            return link;
        // Another network, as far as its addresses tell: who was heard in the one before is not there.
        if (PeerAddresses.HasMoved(link.Network.Addresses, network.Addresses))
        {
            link.Responder.Goodbye(_own, host: true, effects);
            return Started(network, link.Medium, now);
        }
        link.Responder.Goodbye(_own, link.Network.Addresses.Except(network.Addresses), effects);
        link.Network = network;
        link.StartOver(now);
        return link;
    }
}
