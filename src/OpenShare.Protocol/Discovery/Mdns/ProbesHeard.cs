using OpenShare.Protocol.Discovery.Dns;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>When instances that are about to appear were first heard probing: a device's first sign of life.</summary>
internal sealed class ProbesHeard
{
    internal const int Total = 256;

    private readonly Dictionary<DnsName, DateTimeOffset> _heard = [];
    private readonly Queue<DnsName> _order = new();

    internal void Note(DnsName instance, DateTimeOffset now)
    {
        while (_order.TryPeek(out var oldest) && _heard[oldest] < now - MdnsTimes.ProbeRemembered)
            _heard.Remove(_order.Dequeue());
        if (_heard.Count < Total && _heard.TryAdd(instance, now))
            _order.Enqueue(instance);
    }

    internal DateTimeOffset? HeardSince(DnsName instance, DateTimeOffset now) =>
        _heard.TryGetValue(instance, out var at) && at >= now - MdnsTimes.ProbeRemembered ? at : null;
}
