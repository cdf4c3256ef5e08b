using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>
/// Asks for devices and listens to them on one interface (RFC 6762 §5.2): what is kept of an answer is the
/// service's instances, their SRV and TXT records, and the addresses of the hosts these name.
/// </summary>
internal sealed class Browser(MdnsInterface network, DiscoveryMedium medium, IRandomSource random)
{
    /// <summary>The interface, as it is now.</summary>
    internal MdnsInterface Network { get; set; } = network;

    private const int FirstOrder = 0;
    private const int LastOrder = 3;
    private const int QuestionsPerPacket = 32;
    private const int QuestionsPerInstance = 3;
    private const int WorkPerInstance = 16;

    // RFC 6762 §5.2: a little later than others, at random.
    private static readonly TimeSpan s_jitter = TimeSpan.FromSeconds(0.02);

    private readonly RecordCache _cache = new();
    private readonly PacketMemory _packets = new();
    private readonly Candidates _candidates = new(medium);
    private readonly Resolves _resolves = new(random);
    private readonly ProbesHeard _probes = new();
    private readonly QuerySchedule _schedule = new(random);
    private DateTimeOffset _asksSince;
    private bool _isResting;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;

    internal int CachedRecords => _cache.Count;

    internal HeardAgain HeardAgain { get; } = new();

    /// <summary>Devices of the account on other hosts are heard.</summary>
    internal bool HearsOthers => _candidates.HaveOthers;

    internal DateTimeOffset NextTimeout
    {
        get
        {
            var next = _schedule.Next < _resolves.Next ? _schedule.Next : _resolves.Next;
            next = next < _cache.NextTimeout ? next : _cache.NextTimeout;
            return next > _notBefore ? next : _notBefore;
        }
    }

    internal void Search(DateTimeOffset now)
    {
        _asksSince = now;
        _isResting = false;
        _schedule.Start(now);
    }

    /// <summary>Asks no more who is there; what is heard is kept as ever.</summary>
    internal void Rest()
    {
        _schedule.Rest();
        _isResting = true;
    }

    /// <summary>Who was there before an interruption appears now.</summary>
    internal void AppearAnew(DateTimeOffset now)
    {
        foreach (var pointer in _cache.Pointers)
            pointer.AppearedAt = now;
    }

    /// <summary>Hears what its source said before, where nothing else was heard since that gives it another meaning.</summary>
    /// <returns>false: it is to be read</returns>
    internal bool HearAgain(MdnsPacket packet, DateTimeOffset now)
    {
        if (_packets.Find(packet) is not { } records)
            return false;
        foreach (var held in records)
        {
            HeardAgain.Note(held.Record.Record, _candidates.Told, held.Record.HeardAt, now);
            held.Record.HeardAgain(Jitter(), now);
        }
        return true;
    }

    /// <summary>What is this device's own has changed, and with it what others' packets mean.</summary>
    internal void ForgetPackets() => _packets.Clear();

    /// <param name="searchStarted">on this interface, by whichever medium it began</param>
    internal void HandleResponse(OwnService own, DnsMessage response, MdnsPacket packet, DateTimeOffset searchStarted, DateTimeOffset now)
    {
        List<(DnsRecord Said, CachedRecord Cached)> held = [];
        var isWhole = true;
        // First who is there, then where, then by which address: an address is kept only for a host that is named.
        for (var order = FirstOrder; order <= LastOrder; order++)
        {
            foreach (var record in response.Said)
            {
                if (Order(record.Data) != order || !IsRelevant(own, record))
                    continue;
                if (record.Data is DnsData.Pointer { Target: var instance } && _cache.Newest(instance, DnsType.Ptr) is { } before)
                    HeardAgain.Note(record, _candidates.Told, before.HeardAt, now);
                if (!IsOfNamedHost(record) || _cache.Put(record, packet.From.Address, Jitter(), now, out var isNews) is not { } cached)
                {
                    isWhole = false;
                    continue;
                }
                held.Add((record, cached));
                if (isNews && record.Data is DnsData.Pointer pointer)
                    cached.AppearedAt = AppearedAt(pointer.Target, searchStarted, now);
            }
        }

        // The flag is this packet's, whatever the record said when it was first heard; one of each name and type is enough.
        HashSet<(DnsName, DnsType)> flushed = [];
        foreach (var (said, cached) in held)
            isWhole &= !cached.IsLeaving && (!said.CacheFlush || !flushed.Add((said.Name, said.Type)) || _cache.Flush(said, now));
        // Only what says the same each time it is heard need not be read again.
        if (isWhole)
            _packets.Remember(packet, [.. held.Select(h => _cache.HeldNow(h.Cached))]);
    }

    /// <summary>How much <see cref="TellChanges"/> has to do, in records: what moved is looked at as a whole.</summary>
    internal int WorkToTell() => WorkPerInstance * _cache.CountChanged();

    /// <summary>Others' questions say who begins, and may spare this device its own.</summary>
    internal void HandleQuery(OwnService own, DnsMessage query, IPEndPoint from, DateTimeOffset now)
    {
        foreach (var claim in query.Authorities)
        {
            if (claim.Type == DnsType.Srv && claim.Name.IsChildOf(OwnService.Type))
                _probes.Note(claim.Name, now);
        }
        // RFC 6762 §6.7: the answers to a question from another port come to its asker alone.
        if (from.Port == MdnsMachine.PortOf(medium))
            _schedule.Heard(query, from, r => IsKnownAnswer(own, r, now), now);
    }

    /// <param name="isAnnounced">this device need not be told of itself</param>
    internal void Advance(OwnService own, bool isAnnounced, DateTimeOffset now, List<MdnsEffect> effects)
    {
        if (now < NextTimeout)
            return;
        List<DnsQuestion> questions = [];
        // As many as fit beside the question for devices; the others are asked with the next packet.
        _cache.Advance(now, r => IsWanted(own, r), questions, QuestionsPerPacket / 2);
        foreach (var instance in _resolves.TakeDue(now, (QuestionsPerPacket - 1 - questions.Count) / QuestionsPerInstance))
        {
            var missing = Missing(own, instance).ToList();
            questions.AddRange(missing);
            if (missing.Count == 0)
                _resolves.Forget(instance);
        }

        if (now >= _schedule.Next)
        {
            questions.Insert(0, new DnsQuestion(OwnService.Type, DnsType.Ptr));
            _schedule.Sent(now);
        }

        if (questions.Count == 0)
            return;
        _notBefore = now + MdnsTimes.BetweenQueryPackets;
        var known = questions.Exists(q => q.Name == OwnService.Type) ? KnownAnswers.Of(_cache.Pointers, isAnnounced ? own.Records(Network)[0] : null, now) : [[]];
        for (var i = 0; i < known.Count; i++)
        {
            effects.Add(new MdnsEffect.Send(Network.Index, medium, new DnsMessage
            {
                Questions = i == 0 ? [.. questions] : [],
                Answers = known[i],
                IsTruncated = i < known.Count - 1,
            }.Encode()));
        }
    }

    /// <summary>Tells which complete announcements hold now that did not, and which no longer do.</summary>
    internal void TellChanges(OwnService own, IReadOnlySet<IPAddress> ownAddresses, DateTimeOffset now, PeerTables peers)
    {
        if (!_cache.HasChanged)
            return;
        foreach (var instance in _cache.TakeChanged())
        {
            if (_cache.Newest(instance, DnsType.Ptr) is not null)
                _resolves.Note(instance, Missing(own, instance).Any(), now);
            _candidates.Tell(_cache, Network, own.Options, ownAddresses, instance, now, peers);
        }
    }

    /// <summary>The same, where others are of the own account, or their addresses mean something else.</summary>
    internal void TellAll(OwnService own, IReadOnlySet<IPAddress> ownAddresses, DateTimeOffset now, PeerTables peers)
    {
        foreach (var pointer in _cache.Pointers.ToList())
            _candidates.Tell(_cache, Network, own.Options, ownAddresses, ((DnsData.Pointer)pointer.Record.Data).Target, now, peers);
    }

    /// <summary>Takes back all it told.</summary>
    internal void TakeBack(PeerTables peers) => _candidates.TakeBack(peers);

    private double Jitter() => random.Between(TimeSpan.Zero, s_jitter).TotalSeconds;

    private static int Order(DnsData data) => data switch
    {
        DnsData.Pointer => FirstOrder,
        DnsData.Service => 1,
        DnsData.Text => 2,
        _ => LastOrder,
    };

    private bool IsRelevant(OwnService own, DnsRecord record) => record.Data switch
    {
        DnsData.Pointer pointer => record.Name == OwnService.Type && pointer.Target.IsChildOf(OwnService.Type) && pointer.Target != own.Instance,
        DnsData.Service or DnsData.Text => record.Name.IsChildOf(OwnService.Type) && record.Name != own.Instance,
        DnsData.Address address => PeerAddresses.IsUsable(address.Value, Network),
        _ => false,
    };

    private bool IsOfNamedHost(DnsRecord record) => record.Data is not DnsData.Address || _cache.IsNamedHost(record.Name);

    // A device's first sign of life is its probe. Heard without one soon after the first question, it was there before.
    private DateTimeOffset AppearedAt(DnsName instance, DateTimeOffset searchStarted, DateTimeOffset now)
    {
        if (_probes.HeardSince(instance, now) is not { } probed)
            return now - _asksSince <= MdnsTimes.SearchBegins ? searchStarted : now;
        // Whoever probes by broadcast has been there for as long as multicast brought it nobody.
        var appeared = medium == DiscoveryMedium.Broadcast ? probed - MdnsTimes.BeforeNextRung : probed;
        return appeared > searchStarted ? appeared : searchStarted;
    }

    private IEnumerable<DnsQuestion> Missing(OwnService own, DnsName instance)
    {
        var srv = _cache.Newest(instance, DnsType.Srv);
        var txt = _cache.Newest(instance, DnsType.Txt);
        if (_cache.Newest(instance, DnsType.Ptr) is not { IsLeaving: false } || IsForeign(own, txt))
            yield break;
        if (srv is null)
            yield return new DnsQuestion(instance, DnsType.Srv);
        if (txt is null)
            yield return new DnsQuestion(instance, DnsType.Txt);
        if (srv?.Record.Data is DnsData.Service service && _cache.Addresses(service.Target, Network).IsEmpty)
        {
            yield return new DnsQuestion(service.Target, DnsType.A);
            yield return new DnsQuestion(service.Target, DnsType.Aaaa);
        }
    }

    // Another account's devices, and versions we do not know, are left to expire; so are all who are found another way.
    private bool IsWanted(OwnService own, CachedRecord record) =>
        !_isResting && (record.Record.Data is not (DnsData.Service or DnsData.Text) || !IsForeign(own, _cache.Newest(record.Record.Name, DnsType.Txt)));

    private static bool IsForeign(OwnService own, CachedRecord? txt) =>
        txt is not null && !(txt.Announcement is { } announcement && own.Options.IsHeard(announcement.Account));

    private bool IsKnownAnswer(OwnService own, DnsRecord record, DateTimeOffset now) =>
        record.Name != OwnService.Type || record.Data is not DnsData.Pointer pointer || pointer.Target == own.Instance
        || (_cache.Newest(pointer.Target, DnsType.Ptr) is { } held && KnownAnswers.Has(held, now));
}
