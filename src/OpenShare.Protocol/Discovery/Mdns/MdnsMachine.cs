using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>
/// Multicast DNS for one device: announces it on every interface and finds the others of its account
/// (docs/discovery.md). Whatever a packet holds, it is answered with effects or with nothing.
/// </summary>
public sealed partial class MdnsMachine
{
    /// <summary>The port of multicast DNS: from there, and to there.</summary>
    public const int Port = 5353;

    /// <summary>Where broadcasts go, and from where: of those below the ports that systems give away by themselves, one that nobody has registered.</summary>
    public const int BroadcastPort = 17453;

    /// <summary>Interfaces that are used at most.</summary>
    public const int Interfaces = 32;

    private readonly IRandomSource _random;

    // In the order of their interfaces' numbers, multicast before broadcast.
    private ImmutableArray<MdnsLink> _links = [];
    private readonly SourceRates _rates = new();
    private readonly PeerTables _peers = new();
    private readonly ConflictRate _conflicts = new();
    private ImmutableHashSet<IPAddress> _ownAddresses = [];
    private OwnService _own;
    private bool _mustCompare;
    private bool _isStopped;

    public MdnsMachine(MdnsOptions options, IRandomSource random)
    {
        _own = new OwnService(options);
        _random = random;
    }

    /// <summary>The name under which this device is announced.</summary>
    public string AnnouncedName => _own.Name;

    /// <summary>True when the names are claimed and announced on every interface.</summary>
    public bool IsAnnounced => !_links.IsEmpty && _links.All(l => l.Responder.IsAnnounced);

    /// <summary>When <see cref="MdnsInput.TimeoutReached"/> is due; null when only an input changes anything.</summary>
    public DateTimeOffset? NextTimeout
    {
        get
        {
            if (_isStopped || _links.IsEmpty)
                return null;
            var next = _peers.NextTimeout;
            foreach (var link in _links)
                next = link.NextTimeout < next ? link.NextTimeout : next;

            return next;
        }
    }

    /// <summary>What came of each way of finding devices on each interface that leads to other hosts.</summary>
    public ImmutableArray<RungStatus> Rungs => [.. _links.Where(l => !l.Network.IsLoopback).Select(l => new RungStatus(l.Network.Index, l.Medium, l.Rung.State))];

    /// <summary>When the latest search began that goes on, or found somebody, on an interface that leads to other hosts; null where there is none.</summary>
    public DateTimeOffset? SearchStarted =>
        _links.Where(l => !l.Network.IsLoopback && l.Medium == DiscoveryMedium.Multicast).Max(l => (DateTimeOffset?)l.SearchStarted);

    internal int CachedRecords => _links.Sum(l => l.Browser.CachedRecords);

    internal static int PortOf(DiscoveryMedium medium) => medium == DiscoveryMedium.Multicast ? Port : BroadcastPort;

    private PeerPlace OwnPlace() => new(
        _own.Host.ToString(), _own.Options.Announcement.Port, [.. PeerAddresses.InOrder(_links.SelectMany(l => l.Network.Addresses).Distinct())]);

    public IReadOnlyList<MdnsEffect> Handle(MdnsInput input, DateTimeOffset now)
    {
        if (_isStopped)
            return [];
        List<MdnsEffect> effects = [];
        switch (input)
        {
            case MdnsInput.PacketReceived packet:
                if (Find(packet.Interface, packet.Medium) is not { } receiver)
                    return [];
                if (!receiver.Responder.MayBeSpared && receiver.Browser.HearAgain(packet.Packet, now))
                    return receiver.Browser.HeardAgain.Take();
                if (!_rates.Admit(packet.Packet.From.Address, now))
                    return [];
                Receive(receiver, packet.Packet, now, effects);
                effects.AddRange(receiver.Browser.HeardAgain.Take());
                break;
            case MdnsInput.InterfacesChanged changed:
                ChangeInterfaces(changed.Interfaces, now, effects);
                break;
            case MdnsInput.OptionsChanged changed:
                ChangeOptions(changed.Options, now, effects);
                break;
            case MdnsInput.PlacesForged forged:
                _peers.Ignore(forged.DeviceId, forged.Places, forged.Until);
                break;
            case MdnsInput.LookAgain:
                foreach (var link in _links)
                    link.StartOver(now);
                break;
            case MdnsInput.Stop:
                foreach (var link in _links)
                    link.Responder.Goodbye(_own, host: true, effects);
                _isStopped = true;
                return effects;
        }

        Advance(now, effects);
        return effects;
    }

    private void Advance(DateTimeOffset now, List<MdnsEffect> effects)
    {
        foreach (var link in _links)
        {
            link.Responder.Advance(_own, now, effects);
            link.Browser.Advance(_own, link.Responder.IsAnnounced, now, effects);
            link.Browser.TellChanges(_own, _ownAddresses, now, _peers);
        }
        if (_mustCompare)
        {
            _mustCompare = false;
            foreach (var link in _links)
                link.Browser.TellAll(_own, _ownAddresses, now, _peers);
        }
        foreach (var link in _links)
            Climb(link, now, effects);
        if (_peers.HasChanged || now >= _peers.NextTimeout)
            _peers.Update(_own.Options.Announcement.DeviceId, OwnPlace, now, effects);
    }

    // Multicast, and where nobody is heard by it, broadcast beside it.
    private void Climb(MdnsLink link, DateTimeOffset now, List<MdnsEffect> effects)
    {
        if (!link.UpdateRung(now))
            return;
        effects.Add(new MdnsEffect.RungChanged(link.Network.Index, link.Medium, link.Rung.State));
        if (link.Medium == DiscoveryMedium.Broadcast || Find(link.Network.Index, DiscoveryMedium.Broadcast) is not { } broadcast)
            return;
        var before = broadcast.Rung.State;
        if (link.Rung.State == RungState.Found)
            broadcast.Rest();
        else if (link.Rung.State == RungState.Nobody && before == RungState.Resting)
            broadcast.Start(now);
        if (broadcast.Rung.State != before)
            effects.Add(new MdnsEffect.RungChanged(link.Network.Index, broadcast.Medium, broadcast.Rung.State));
    }

    private MdnsLink? Find(int networkInterface, DiscoveryMedium medium)
    {
        foreach (var link in _links)
        {
            if (link.Network.Index == networkInterface && link.Medium == medium)
                return link;
        }
        return null;
    }

    private void Receive(MdnsLink link, MdnsPacket packet, DateTimeOffset now, List<MdnsEffect> effects)
    {
        if (packet.Message is not { IsPlain: true } message)
            return;
        _rates.Charge(packet.From.Address, message.Length);
        if (!message.IsResponse)
        {
            if (message.Authorities.IsEmpty || !link.Responder.LosesTo(_own, [.. message.Authorities.Where(r => !IsOwnAddress(r))], now))
                link.Responder.HandleQuery(_own, message, packet.From, now, effects);
            link.Browser.HandleQuery(_own, message, packet.From, now);
        }
        else if (packet.From.Port == PortOf(link.Medium))
        {
            // RFC 6762 §6: a response from another port is none.
            var isConflict = ResolveConflicts(link, message, now, effects);
            link.Responder.HandleResponse(_own, message);
            link.Responder.Contradict(_own, message, now);
            // One search, whichever way it goes on.
            var search = Find(link.Network.Index, DiscoveryMedium.Multicast) ?? link;
            link.Browser.HandleResponse(_own, message, packet, search.SearchStarted, now);
            _rates.Charge(packet.From.Address, link.Browser.WorkToTell());
            // Said again it is a conflict again.
            if (isConflict)
                link.Browser.ForgetPackets();
        }
    }

    // RFC 6762 §9: who has a name and hears another use it claims it anew; who hears so while claiming takes another.
    private bool ResolveConflicts(MdnsLink link, DnsMessage response, DateTimeOffset now, List<MdnsEffect> effects)
    {
        var (instance, host) = (false, false);
        var ours = _own.Unique(link.Network);
        foreach (var claim in response.Said)
        {
            if (claim.Ttl == 0)
                continue;
            instance |= _own.IsInstance(claim.Name) && claim.Type is DnsType.Srv or DnsType.Txt && !ours.Any(o => o.SaysSameAs(claim));
            host |= claim.Name == _own.Host && claim.Data is DnsData.Address && !IsOwnAddress(claim);
        }
        if (!instance && !host)
            return false;
        var wait = _conflicts.Count(now);
        if (link.Responder.IsAnnounced)
        {
            link.Responder.Probe(now, wait);
            return true;
        }

        foreach (var each in _links)
            each.Responder.Goodbye(_own, host, effects);
        ChangeOwn(_own.WithOtherNames(instance, host));
        foreach (var each in _links.Where(l => !l.IsResting))
            each.Responder.Probe(now, wait);
        if (instance)
            effects.Add(new MdnsEffect.Renamed(_own.Name));
        return true;
    }

    // What others say may mean something else now.
    private void ChangeOwn(OwnService own)
    {
        _own = own;
        _mustCompare = true;
        foreach (var link in _links)
            link.Browser.ForgetPackets();
    }

    private void ChangeOptions(MdnsOptions options, DateTimeOffset now, List<MdnsEffect> effects)
    {
        if (options == _own.Options)
            return;
        var changed = new OwnService(options);
        var keepsNames = options.DeviceName == _own.Options.DeviceName && changed.Options.Announcement.DeviceId == _own.Options.Announcement.DeviceId;
        if (keepsNames)
            changed = new OwnService(options, _own.InstanceTry, _own.HostTry);
        foreach (var link in _links)
        {
            if (!keepsNames)
            {
                link.Responder.Goodbye(_own, host: changed.Host != _own.Host, effects);
                if (!link.IsResting)
                    link.Responder.Probe(now);
            }
            else
            {
                link.Responder.Goodbye(_own, changed, effects);
                // RFC 6762 §8.1: what was not claimed yet is probed for.
                if (changed.Names.Except(_own.Names).Any() && !link.IsResting)
                    link.Responder.Probe(now);
                else
                    link.Responder.AnnounceSoon(now);
            }
        }

        ChangeOwn(changed);
    }

    private bool IsOwnAddress(DnsRecord record) => record.Data is DnsData.Address address && _ownAddresses.Contains(address.Value);
}
