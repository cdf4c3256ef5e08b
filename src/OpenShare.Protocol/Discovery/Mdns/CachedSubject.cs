using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Places;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>
/// The records that tell of one instance or host. They are few, so that whatever is said of it costs little to look at: of
/// each kind that was heard longest ago makes room.
/// </summary>
internal sealed class CachedSubject
{
    /// <summary>SRV records of one instance, and TXT records: it has one of each, and while it changes the one before.</summary>
    internal const int Few = 4;

    private readonly List<CachedRecord> _records = [];

    internal IReadOnlyList<CachedRecord> Records => _records;

    /// <summary>Another once a record comes, goes, holds again or for another time.</summary>
    internal long Version { get; set; }

    internal CachedRecord? Find(DnsRecord record)
    {
        foreach (var known in _records)
        {
            if (known.Record.SaysSameAs(record))
                return known;
        }
        return null;
    }

    internal void Add(CachedRecord record) => _records.Add(record);

    internal void Remove(CachedRecord record) => _records.Remove(record);

    /// <param name="leaves">what has to go for it; null: nothing</param>
    /// <returns>false: all that it would take the place of were heard just now</returns>
    internal bool HasRoomFor(DnsRecord record, DateTimeOffset now, out CachedRecord? leaves)
    {
        leaves = null;
        var ofItsKind = 0;
        foreach (var known in _records)
        {
            if (!IsOneKind(known.Record.Data, record.Data))
                continue;
            ofItsKind++;
            if (IsSpent(known) || known.HeardAt < now)
                leaves = leaves is null || GoesBefore(known, leaves) ? known : leaves;
        }
        if (ofItsKind >= (record.Data is DnsData.Address ? PeerAddresses.PerPlace : Few))
            return leaves is not null;
        leaves = null;
        return true;
    }

    private static bool GoesBefore(CachedRecord record, CachedRecord other) =>
        IsSpent(record) != IsSpent(other) ? IsSpent(record) : record.HeardAt < other.HeardAt;

    private static bool IsSpent(CachedRecord record) => record.IsLeaving || record.IsReplaced;

    // A host has so many addresses, of whichever family.
    private static bool IsOneKind(DnsData one, DnsData other) => one.Type == other.Type || (one is DnsData.Address && other is DnsData.Address);
}
