using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery;

/// <summary>
/// Asks for devices and listens to them on one interface (RFC 6762 §5.2): what is kept of an answer is the
/// service's instances, their SRV and TXT records, and the addresses of the hosts these name.
/// </summary>
internal sealed class Browser(MdnsInterface network, IRandomSource random)
{
    /// <summary>The interface, as it is now.</summary>
    internal MdnsInterface Network { get; set; } = network;

    private const int FirstOrder = 0;
    private const int LastOrder = 3;
    private const int QuestionsPerPacket = 32;
    private const int KnownAnswerBytes = 1000;

    private readonly RecordCache _cache = new(random);
    private readonly Resolves _resolves = new(random);
    private readonly ProbesHeard _probes = new();
    private DateTimeOffset _searchStarted;
    private DateTimeOffset _nextQuery;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private TimeSpan _interval;

    /// <summary>Whether the candidates may be others than when last asked.</summary>
    internal bool HasChanged { get; private set; }

    internal int CachedRecords => _cache.Count;

    internal DateTimeOffset NextTimeout
    {
        get
        {
            var next = _nextQuery < _resolves.Next ? _nextQuery : _resolves.Next;
            next = next < _cache.NextTimeout ? next : _cache.NextTimeout;
            return next > _notBefore ? next : _notBefore;
        }
    }

    internal void Search(DateTimeOffset now)
    {
        _searchStarted = now;
        _interval = MdnsTimes.FirstBetweenQueries;
        _nextQuery = now + random.Between(MdnsTimes.BeforeFirstQuery);
    }

    internal void HandleResponse(OwnService own, DnsMessage response, IPEndPoint from, DateTimeOffset now)
    {
        HashSet<DnsName>? news = null;
        // First who is there, then where, then by which address: an address is kept only for a host that is named.
        for (var order = FirstOrder; order <= LastOrder; order++)
        {
            foreach (var record in response.Said)
            {
                if (Order(record.Data) != order || !IsRelevant(own, record) || _cache.Put(record, from.Address, now) is not { } cached)
                    continue;
                (news ??= []).Add(record.Data is DnsData.Pointer named ? named.Target : record.Name);
                if (record.Data is DnsData.Pointer pointer)
                    cached.AppearedAt = AppearedAt(pointer.Target, now);
            }
        }

        if (news is null)
            return;
        HasChanged = true;
        foreach (var pointer in Pointers.Where(p => IsOf(news, Instance(p))))
            _resolves.Note(Instance(pointer), Missing(own, pointer).Any(), now);
    }

    internal void HandleProbe(DnsMessage probe, DateTimeOffset now)
    {
        foreach (var claim in probe.Authorities.Where(r => r.Type == DnsType.Srv && r.Name.IsChildOf(OwnService.Type)))
            _probes.Note(claim.Name, now);
    }

    /// <param name="isAnnounced">this device need not be told of itself</param>
    internal void Advance(OwnService own, bool isAnnounced, DateTimeOffset now, List<MdnsEffect> effects)
    {
        if (now < NextTimeout)
            return;
        List<DnsQuestion> questions = [];
        HasChanged |= _cache.Advance(now, r => IsWanted(own, r), questions);
        foreach (var instance in _resolves.TakeDue(now, QuestionsPerPacket / 2))
        {
            var missing = Pointers.Where(p => Instance(p) == instance).SelectMany(p => Missing(own, p)).ToList();
            questions.AddRange(missing);
            if (missing.Count == 0)
                _resolves.Forget(instance);
        }

        if (now >= _nextQuery)
        {
            questions.Insert(0, new DnsQuestion(OwnService.Type, DnsType.Ptr));
            _nextQuery = now + (_interval * 0.98) + random.Between(TimeSpan.Zero, _interval * 0.04);
            _interval = _interval * 2 < MdnsTimes.LastBetweenQueries ? _interval * 2 : MdnsTimes.LastBetweenQueries;
        }

        if (questions.Count == 0)
            return;
        _notBefore = now + MdnsTimes.BetweenQueryPackets;
        effects.Add(new MdnsEffect.Send(Network.Index, new DnsMessage
        {
            Questions = [.. questions.Take(QuestionsPerPacket)],
            Answers = KnownAnswers(questions, isAnnounced ? own : null, now),
        }.Encode()));
    }

    /// <summary>Every complete announcement of this account that holds.</summary>
    internal IEnumerable<Candidate> Candidates(AccountHash account)
    {
        HasChanged = false;
        foreach (var pointer in Pointers)
        {
            var instance = Instance(pointer);
            if (_cache.Newest(instance, DnsType.Srv) is not { Record.Data: DnsData.Service service } srv
                || _cache.Newest(instance, DnsType.Txt) is not { Announcement: { } announcement } || announcement.Account != account)
                continue;
            var addresses = Addresses(service.Target);
            if (addresses.IsEmpty || service.Port == 0)
                continue;
            yield return new Candidate(
                announcement.DeviceId, Printable.Shorten(instance.Labels[0]), announcement.ShortFingerprint,
                service.Target.ToString().ToLowerInvariant(), service.Port, addresses,
                announcement.News, pointer.AppearedAt, srv.HeardAt, pointer.IsLeaving || srv.IsLeaving);
        }
    }

    private IEnumerable<CachedRecord> Pointers => _cache.Find(OwnService.Type, DnsType.Ptr);

    private static DnsName Instance(CachedRecord pointer) => ((DnsData.Pointer)pointer.Record.Data).Target;

    private static int Order(DnsData data) => data switch
    {
        DnsData.Pointer => FirstOrder,
        DnsData.Service => 1,
        DnsData.Text => 2,
        _ => LastOrder,
    };

    // Of the instance itself, or of the host that it is on.
    private bool IsOf(HashSet<DnsName> news, DnsName instance) =>
        news.Contains(instance) || _cache.Newest(instance, DnsType.Srv)?.Record.Data is DnsData.Service service && news.Contains(service.Target);

    private bool IsRelevant(OwnService own, DnsRecord record) => record.Data switch
    {
        DnsData.Pointer pointer => record.Name == OwnService.Type && pointer.Target.IsChildOf(OwnService.Type) && pointer.Target != own.Instance,
        DnsData.Service or DnsData.Text => record.Name.IsChildOf(OwnService.Type) && record.Name != own.Instance,
        DnsData.Address address => PeerAddresses.IsUsable(address.Value, Network) && _cache.IsNamedHost(record.Name),
        _ => false,
    };

    // A device's first sign of life is its probe. Heard without one soon after the search began, it was there before.
    private DateTimeOffset AppearedAt(DnsName instance, DateTimeOffset now) =>
        _probes.HeardSince(instance, now)
        ?? (now - _searchStarted <= MdnsTimes.SearchBegins ? _searchStarted : now);

    private IEnumerable<DnsQuestion> Missing(OwnService own, CachedRecord pointer)
    {
        var instance = Instance(pointer);
        var srv = _cache.Newest(instance, DnsType.Srv);
        var txt = _cache.Newest(instance, DnsType.Txt);
        if (pointer.IsLeaving || IsForeign(own, txt))
            yield break;
        if (srv is null)
            yield return new DnsQuestion(instance, DnsType.Srv);
        if (txt is null)
            yield return new DnsQuestion(instance, DnsType.Txt);
        if (srv?.Record.Data is DnsData.Service service && Addresses(service.Target).IsEmpty)
        {
            yield return new DnsQuestion(service.Target, DnsType.A);
            yield return new DnsQuestion(service.Target, DnsType.Aaaa);
        }
    }

    // Another account's devices, and versions we do not know, are left to expire.
    private bool IsWanted(OwnService own, CachedRecord record) =>
        record.Record.Data is not (DnsData.Service or DnsData.Text) || !IsForeign(own, _cache.Newest(record.Record.Name, DnsType.Txt));

    private static bool IsForeign(OwnService own, CachedRecord? txt) =>
        txt is not null && txt.Announcement?.Account != own.Options.Announcement.Account;

    // An address said goodbye to counts while there is no other: the next is about to be announced.
    private ImmutableArray<IPAddress> Addresses(DnsName host)
    {
        var held = _cache.Find(host, DnsType.A).Concat(_cache.Find(host, DnsType.Aaaa)).ToList();
        var staying = held.Exists(r => !r.IsLeaving) ? held.Where(r => !r.IsLeaving) : held;
        return [.. PeerAddresses.InOrder(staying.Select(r => PeerAddresses.Scoped(((DnsData.Address)r.Record.Data).Value, Network)))];
    }

    private ImmutableArray<DnsRecord> KnownAnswers(List<DnsQuestion> questions, OwnService? own, DateTimeOffset now)
    {
        if (!questions.Exists(q => q.Name == OwnService.Type))
            return [];
        var room = KnownAnswerBytes;
        return
        [
            .. own is null ? [] : own.Records(Network).Take(1),
            .. Pointers
                .Where(p => !p.IsLeaving && p.Remaining(now) * 2 > p.TimeToLive)
                .TakeWhile(p => (room -= Instance(p).WireLength) > 0)
                .Select(p => p.Record with { Ttl = (uint)p.Remaining(now).TotalSeconds }),
        ];
    }
}
