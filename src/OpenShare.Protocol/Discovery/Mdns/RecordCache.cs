using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Places;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>
/// The records heard on one interface (RFC 6762 §10), each under the instance or host that it tells of. What does not fit
/// is not kept: one source can fill its own share only, and all shares end with their time to live.
/// </summary>
internal sealed class RecordCache
{
    /// <summary>Records of one interface: some 600 devices.</summary>
    internal const int Total = 4096;

    /// <summary>Records from one source address: some 40 agents on one host.</summary>
    internal const int PerSource = 256;

    /// <summary>Instances that one source may say are at one host: each device has a host name of its own.</summary>
    internal const int PerHost = 4;

    // However many end at times of their own, all are looked through fifty times a second at most.
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<DnsName, CachedSubject> _subjects = [];
    private readonly Dictionary<IPAddress, int> _perSource = [];

    // The records by which instances are said to be at a host.
    private readonly Dictionary<DnsName, List<CachedRecord>> _hosts = [];
    private readonly SortedSet<DnsName> _changed = [];
    private readonly HashSet<DnsName> _changedHosts = [];
    private DateTimeOffset _nextExpiry = DateTimeOffset.MaxValue;
    private DateTimeOffset _nextLook = DateTimeOffset.MinValue;

    internal int Count { get; private set; }

    /// <summary>Whether <see cref="TakeChanged"/> has something.</summary>
    internal bool HasChanged => _changed.Count > 0 || _changedHosts.Count > 0;

    /// <summary>When the first record expires or is to be asked for again, or somewhat before or after.</summary>
    internal DateTimeOffset NextTimeout => _nextExpiry > _nextLook ? _nextExpiry : _nextLook;

    /// <summary>The pointers to all instances that hold.</summary>
    internal IEnumerable<CachedRecord> Pointers =>
        All.Where(r => r.Record.Type == DnsType.Ptr && !r.IsReplaced);

    /// <summary>The records of this type that hold, the newest last.</summary>
    /// <param name="subject">whom they tell of: of a pointer the instance that it points to, else the record's own name</param>
    internal IEnumerable<CachedRecord> Find(DnsName subject, DnsType type) =>
        _subjects.TryGetValue(subject, out var known) ? known.Records.Where(r => r.Record.Type == type && !r.IsReplaced) : [];

    internal CachedRecord? Newest(DnsName subject, DnsType type)
    {
        CachedRecord? newest = null;
        foreach (var record in _subjects.TryGetValue(subject, out var known) ? known.Records : [])
        {
            if (record.Record.Type == type && !record.IsReplaced && (newest is null || record.HeardAt > newest.HeardAt))
                newest = record;
        }
        return newest;
    }

    /// <summary>Those of a host, as they are dialled on this interface.</summary>
    internal ImmutableArray<IPAddress> Addresses(DnsName host, MdnsInterface network)
    {
        var held = Find(host, DnsType.A).Concat(Find(host, DnsType.Aaaa)).ToList();
        // An address said goodbye to counts while there is no other: the next is about to be announced.
        var staying = held.Exists(r => !r.IsLeaving) ? held.Where(r => !r.IsLeaving) : held;
        return [.. PeerAddresses.InOrder(staying.Select(r => PeerAddresses.Scoped(((DnsData.Address)r.Record.Data).Value, network)))];
    }

    /// <summary>True when a service is said to be at this host.</summary>
    internal bool IsNamedHost(DnsName host) => _hosts.ContainsKey(host);

    /// <summary>The instances of which something is no longer as it was when this was last called.</summary>
    internal IReadOnlyList<DnsName> TakeChanged()
    {
        CountChanged();
        DnsName[] changed = [.. _changed];
        _changed.Clear();
        return changed;
    }

    /// <summary>How many they are.</summary>
    internal int CountChanged()
    {
        // Once for each host, however many of its addresses came and went.
        foreach (var host in _changedHosts)
            _changed.UnionWith(_hosts.TryGetValue(host, out var services) ? services.Select(s => s.Record.Name) : []);
        _changedHosts.Clear();
        return _changed.Count;
    }

    /// <summary>As it is held now. No longer so once a record that tells of the same comes, goes, holds again or for another time.</summary>
    internal Held HeldNow(CachedRecord record)
    {
        var subject = _subjects[SubjectOf(record.Record)];
        return new Held(record, subject, subject.Version);
    }

    /// <param name="jitter">0 to 0.02: how much later than others it is asked for again</param>
    /// <param name="isNews">it is new here, or holds again; else only its time is another</param>
    /// <returns>null: it is not kept</returns>
    internal CachedRecord? Put(DnsRecord record, IPAddress source, double jitter, DateTimeOffset now, out bool isNews)
    {
        isNews = false;
        var known = _subjects.GetValueOrDefault(SubjectOf(record))?.Find(record);
        if (known is null && (record.Ttl == 0 || !MakeRoom(record, source, now)))
            return null;
        isNews = record.Ttl == 0 || known is not { IsLeaving: false, IsReplaced: false };
        if (record.Ttl == 0)
        {
            known!.Leave(now);
        }
        else
        {
            if (known is null)
                Add(known = new CachedRecord(record, source, now));
            var before = known.TimeToLive;
            known.Heard(record.Ttl, jitter, now);
            if (known.TimeToLive != before)
                _subjects[SubjectOf(record)].Version++;
        }
        Expect(known);
        if (isNews)
            NoteChange(record);
        return known;
    }

    /// <summary>
    /// A record that flushes (RFC 6762 §10.2) takes the place of older ones of its name and type. To be called when all
    /// records of its packet are heard, and once for all of its name and type: they are one set.
    /// </summary>
    /// <returns>false: some were heard too lately, and may be of its set</returns>
    internal bool Flush(DnsRecord record, DateTimeOffset now)
    {
        var isDone = true;
        foreach (var old in _subjects.TryGetValue(SubjectOf(record), out var subject) ? subject.Records : [])
        {
            if (old.Record.Type != record.Type || old.IsReplaced || old.HeardAt == now)
                continue;
            // Records of one set may come in several packets: only what is older than a second is replaced.
            if (old.HeardAt >= now - MdnsTimes.AfterGoodbye)
            {
                isDone = false;
                continue;
            }
            old.Replace(now);
            Expect(old);
            NoteChange(old.Record);
        }
        return isDone;
    }

    /// <summary>Forgets what has expired, and finds what is worth asking for again.</summary>
    /// <param name="most">questions; what is due beyond that stays so, and comes first the next time</param>
    internal void Advance(DateTimeOffset now, Func<CachedRecord, bool> isWanted, List<DnsQuestion> questions, int most)
    {
        if (now < NextTimeout)
            return;
        _nextExpiry = DateTimeOffset.MaxValue;
        _nextLook = now + s_betweenLooks;
        foreach (var gone in All.Where(r => r.ExpiresAt <= now).ToList())
            Remove(gone);

        foreach (var record in All.Where(r => r.NextRefresh <= now).OrderBy(r => r.NextRefresh))
        {
            var question = new DnsQuestion(record.Record.Name, record.Record.Type);
            if (isWanted(record) && !questions.Contains(question))
            {
                if (questions.Count == most)
                    continue;
                questions.Add(question);
            }
            record.Refreshed();
        }

        foreach (var record in All)
            Expect(record);
    }

    private IEnumerable<CachedRecord> All => _subjects.Values.SelectMany(s => s.Records);

    private static DnsName SubjectOf(DnsRecord record) => record.Data is DnsData.Pointer pointer ? pointer.Target : record.Name;

    private void Expect(CachedRecord record)
    {
        var next = record.NextRefresh < record.ExpiresAt ? record.NextRefresh : record.ExpiresAt;
        _nextExpiry = next < _nextExpiry ? next : _nextExpiry;
    }

    private bool MakeRoom(DnsRecord record, IPAddress source, DateTimeOffset now)
    {
        if (Count >= Total || _perSource.GetValueOrDefault(source) >= PerSource)
            return false;
        if (record.Data is DnsData.Service service && _hosts.TryGetValue(service.Target, out var services) && services.Count(s => s.Source.Equals(source)) >= PerHost)
            return false;
        if (!_subjects.TryGetValue(SubjectOf(record), out var subject))
            return true;
        if (!subject.HasRoomFor(record, now, out var leaves))
            return false;
        if (leaves is not null)
            Remove(leaves);
        return true;
    }

    private void Add(CachedRecord record)
    {
        var name = SubjectOf(record.Record);
        if (!_subjects.TryGetValue(name, out var subject))
            _subjects[name] = subject = new CachedSubject();
        subject.Add(record);
        Count++;
        _perSource[record.Source] = _perSource.GetValueOrDefault(record.Source) + 1;
        if (record.Record.Data is not DnsData.Service service)
            return;
        if (!_hosts.TryGetValue(service.Target, out var services))
            _hosts[service.Target] = services = [];
        services.Add(record);
    }

    private void Remove(CachedRecord record)
    {
        NoteChange(record.Record);
        var name = SubjectOf(record.Record);
        var subject = _subjects[name];
        subject.Remove(record);
        if (subject.Records.Count == 0)
            _subjects.Remove(name);
        Count--;
        if (--_perSource[record.Source] == 0)
            _perSource.Remove(record.Source);
        if (record.Record.Data is not DnsData.Service service)
            return;
        var services = _hosts[service.Target];
        services.Remove(record);
        if (services.Count == 0)
            _hosts.Remove(service.Target);
    }

    private void NoteChange(DnsRecord record)
    {
        if (_subjects.TryGetValue(SubjectOf(record), out var subject))
            subject.Version++;
        if (record.Data is not DnsData.Address)
            _changed.Add(SubjectOf(record));
        else
            _changedHosts.Add(record.Name);
    }

    /// <summary>A record as it was held at some time.</summary>
    internal readonly record struct Held(CachedRecord Record, CachedSubject Subject, long Version)
    {
        /// <summary>Nothing has come between.</summary>
        internal bool IsUnchanged => Subject.Version == Version;
    }
}
