using OpenShare.Protocol.Discovery.Dns;

namespace OpenShare.Protocol.Discovery;

/// <summary>When instances that are about to appear were first heard probing: a device's first sign of life.</summary>
internal sealed class ProbesHeard
{
    internal const int Total = 256;

    private readonly SortedDictionary<DnsName, DateTimeOffset> _heard = [];

    internal void Note(DnsName instance, DateTimeOffset now)
    {
        foreach (var old in _heard.Where(h => h.Value < now - MdnsTimes.ProbeRemembered).Select(h => h.Key).ToList())
            _heard.Remove(old);
        if (_heard.Count < Total)
            _heard.TryAdd(instance, now);
    }

    internal DateTimeOffset? HeardSince(DnsName instance, DateTimeOffset now) =>
        _heard.TryGetValue(instance, out var at) && at >= now - MdnsTimes.ProbeRemembered ? at : null;
}
