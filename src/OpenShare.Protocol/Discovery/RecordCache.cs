using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery;

/// <summary>
/// The records heard on one interface (RFC 6762 §10), in name order. What does not fit is not kept: one source
/// can fill its own share only, and all shares end with their time to live.
/// </summary>
internal sealed class RecordCache(IRandomSource random)
{
    /// <summary>Records of one interface: some 600 devices.</summary>
    internal const int Total = 4096;

    /// <summary>Records from one source address: some 40 agents on one host.</summary>
    internal const int PerSource = 256;

    private readonly SortedDictionary<DnsName, List<CachedRecord>> _records = [];
    private readonly Dictionary<IPAddress, int> _perSource = [];
    private readonly Dictionary<DnsName, int> _hosts = [];
    private DateTimeOffset _nextExpiry = DateTimeOffset.MaxValue;

    internal int Count { get; private set; }

    /// <summary>Never later than the first record expires or is to be asked for again.</summary>
    internal DateTimeOffset NextTimeout => _nextExpiry;

    private IEnumerable<CachedRecord> All => _records.Values.SelectMany(r => r);

    /// <summary>The records of this name and type that hold, the newest last.</summary>
    internal IEnumerable<CachedRecord> Find(DnsName name, DnsType type) =>
        _records.TryGetValue(name, out var list) ? list.Where(r => r.Record.Type == type && !r.IsReplaced) : [];

    internal CachedRecord? Newest(DnsName name, DnsType type) => Find(name, type).MaxBy(r => r.HeardAt);

    /// <summary>True when a service is said to be at this host.</summary>
    internal bool IsNamedHost(DnsName host) => _hosts.ContainsKey(host);

    /// <returns>the record when it is new here, or holds again; null when nothing changed but its time</returns>
    internal CachedRecord? Put(DnsRecord record, IPAddress source, DateTimeOffset now)
    {
        var list = _records.GetValueOrDefault(record.Name);
        var known = list?.Find(r => r.Record.SaysSameAs(record));
        if (known is null && (record.Ttl == 0 || Count >= Total || _perSource.GetValueOrDefault(source) >= PerSource))
            return null;
        if (record.Ttl == 0)
        {
            known!.Leave(now);
            Expect(known);
            return known;
        }

        if (record.CacheFlush)
            ReplaceOlder(list, record, now);
        var held = known is { IsLeaving: false, IsReplaced: false };
        if (known is null)
        {
            known = new CachedRecord(record, source, now);
            Add(known);
        }

        known.Heard(record.Ttl, random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(0.02)).TotalSeconds, now);
        Expect(known);
        return held ? null : known;
    }

    /// <summary>Forgets what has expired, and finds what is worth asking for again.</summary>
    /// <returns>true when something was forgotten</returns>
    internal bool Advance(DateTimeOffset now, Func<CachedRecord, bool> isWanted, List<DnsQuestion> questions)
    {
        if (now < _nextExpiry)
            return false;
        var before = Count;
        _nextExpiry = DateTimeOffset.MaxValue;
        foreach (var (name, list) in _records.ToList())
        {
            foreach (var gone in list.Where(r => r.ExpiresAt <= now).ToList())
                Remove(name, list, gone);
        }

        foreach (var record in All)
        {
            if (record.NextRefresh <= now)
            {
                record.Refreshed();
                var question = new DnsQuestion(record.Record.Name, record.Record.Type);
                if (isWanted(record) && !questions.Contains(question))
                    questions.Add(question);
            }

            Expect(record);
        }

        return Count != before;
    }

    private static void ReplaceOlder(List<CachedRecord>? list, DnsRecord record, DateTimeOffset now)
    {
        foreach (var old in list ?? [])
        {
            // Records of one set may come in several packets: only what is older than a second is replaced.
            if (old.Record.Type == record.Type && !old.Record.SaysSameAs(record) && old.HeardAt < now - MdnsTimes.AfterGoodbye)
                old.Replace(now);
        }
    }

    private void Expect(CachedRecord record)
    {
        var next = record.NextRefresh < record.ExpiresAt ? record.NextRefresh : record.ExpiresAt;
        _nextExpiry = next < _nextExpiry ? next : _nextExpiry;
    }

    private void Add(CachedRecord record)
    {
        if (!_records.TryGetValue(record.Record.Name, out var list))
            _records[record.Record.Name] = list = [];
        list.Add(record);
        Count++;
        Increment(_perSource, record.Source);
        if (record.Record.Data is DnsData.Service service)
            Increment(_hosts, service.Target);
    }

    private void Remove(DnsName name, List<CachedRecord> list, CachedRecord record)
    {
        list.Remove(record);
        if (list.Count == 0)
            _records.Remove(name);
        Count--;
        Decrement(_perSource, record.Source);
        if (record.Record.Data is DnsData.Service service)
            Decrement(_hosts, service.Target);
    }

    private static void Increment<T>(Dictionary<T, int> counts, T key) where T : notnull => counts[key] = counts.GetValueOrDefault(key) + 1;

    private static void Decrement<T>(Dictionary<T, int> counts, T key) where T : notnull
    {
        if (--counts[key] == 0)
            counts.Remove(key);
    }
}
