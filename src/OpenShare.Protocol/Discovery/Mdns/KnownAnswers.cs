using System.Collections.Immutable;
using OpenShare.Protocol.Discovery.Dns;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>What goes along with a question for devices, so that it is not answered again (RFC 6762 §7.1, §7.2).</summary>
internal static class KnownAnswers
{
    private const int Bytes = 1000;

    // What is known beyond that is answered anew: some 300 devices are not.
    private const int Packets = 8;

    // Of a pointer beside the name it points to: its own name, compressed, type, class, time to live and length.
    private const int PointerBytes = 12;

    /// <summary>It has more than half of its time left.</summary>
    internal static bool Has(CachedRecord pointer, DateTimeOffset now) =>
        !pointer.IsLeaving && pointer.Remaining(now) * 2 > pointer.TimeToLive;

    /// <param name="own">this device's own pointer; null where it need be told of itself</param>
    /// <returns>of each packet; one at least</returns>
    internal static List<ImmutableArray<DnsRecord>> Of(IEnumerable<CachedRecord> pointers, DnsRecord? own, DateTimeOffset now)
    {
        List<ImmutableArray<DnsRecord>> packets = [];
        var records = ImmutableArray.CreateBuilder<DnsRecord>();
        if (own is not null)
            records.Add(own);
        var room = Bytes;
        foreach (var pointer in pointers)
        {
            if (!Has(pointer, now))
                continue;
            room -= PointerBytes + ((DnsData.Pointer)pointer.Record.Data).Target.WireLength - OwnService.Type.WireLength;
            if (room < 0)
            {
                if (packets.Count + 1 == Packets)
                    break;
                packets.Add(records.DrainToImmutable());
                room = Bytes;
            }
            records.Add(pointer.Record with { Ttl = (uint)pointer.Remaining(now).TotalSeconds });
        }
        packets.Add(records.DrainToImmutable());
        return packets;
    }
}
