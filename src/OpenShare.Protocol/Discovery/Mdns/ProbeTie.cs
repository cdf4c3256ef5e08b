using OpenShare.Protocol.Discovery.Dns;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>The order of two probers' records (RFC 6762 §8.2, §8.2.1): by type, then by the data's bytes.</summary>
internal static class ProbeTie
{
    /// <returns>below 0 when the first come earlier, and so lose; 0 when both are the same</returns>
    internal static int Compare(IEnumerable<DnsRecord> first, IEnumerable<DnsRecord> second)
    {
        var (left, right) = (Sorted(first), Sorted(second));
        for (var i = 0; i < left.Count && i < right.Count; i++)
        {
            var order = CompareKeys(left[i], right[i]);
            if (order != 0)
                return order;
        }

        return left.Count - right.Count;
    }

    private static List<(DnsType Type, byte[] Data)> Sorted(IEnumerable<DnsRecord> records)
    {
        List<(DnsType Type, byte[] Data)> keys = [.. records.Select(r => (r.Type, DnsWriter.WriteData(r.Data)))];
        keys.Sort(CompareKeys);
        return keys;
    }

    private static int CompareKeys((DnsType Type, byte[] Data) left, (DnsType Type, byte[] Data) right) =>
        left.Type != right.Type ? left.Type.CompareTo(right.Type) : left.Data.AsSpan().SequenceCompareTo(right.Data);
}
