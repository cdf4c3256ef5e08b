using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Places;

/// <summary>Devices that were silent for so long that they may have been away, and are heard again as they were.</summary>
internal sealed class HeardAgain
{
    private readonly SortedSet<DeviceId> _devices = [];

    /// <param name="candidates">what holds, by instance</param>
    /// <param name="before">when the record was heard last</param>
    internal void Note(DnsRecord record, IReadOnlyDictionary<DnsName, Candidate> candidates, DateTimeOffset before, DateTimeOffset now)
    {
        if (record is { Ttl: > 0, Data: DnsData.Pointer pointer } && now - before >= MdnsTimes.Silence && candidates.TryGetValue(pointer.Target, out var candidate)
            && !candidate.IsUnpaired)
            _devices.Add(candidate.DeviceId);
    }

    /// <summary>Those noted since this was last called.</summary>
    internal IReadOnlyList<MdnsEffect> Take()
    {
        if (_devices.Count == 0)
            return [];
        MdnsEffect[] heard = [.. _devices.Select(d => new MdnsEffect.HeardAgain(d))];
        _devices.Clear();
        return heard;
    }
}
