using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>Instances of which something is still to be asked: after a moment, then after 1, 2, 4 … up to 60 s.</summary>
internal sealed class Resolves(IRandomSource random)
{
    private readonly SortedDictionary<DnsName, (DateTimeOffset At, TimeSpan Wait)> _open = [];

    /// <summary>Never later than the first is due.</summary>
    internal DateTimeOffset Next { get; private set; } = DateTimeOffset.MaxValue;

    internal void Note(DnsName instance, bool isMissing, DateTimeOffset now)
    {
        if (!isMissing)
        {
            Forget(instance);
            return;
        }
        var at = now + random.Between(MdnsTimes.BeforeFirstQuery);
        if (_open.TryAdd(instance, (at, MdnsTimes.FirstBetweenQueries)))
            Next = at < Next ? at : Next;
    }

    // Whoever appears and goes again and again has the others not looked through each time: that is done when one is due.
    internal void Forget(DnsName instance) => _open.Remove(instance);

    internal List<DnsName> TakeDue(DateTimeOffset now, int most)
    {
        if (now < Next)
            return [];
        List<DnsName> due = [.. _open.Where(o => o.Value.At <= now).Take(most).Select(o => o.Key)];
        foreach (var instance in due)
        {
            var wait = _open[instance].Wait;
            _open[instance] = (now + wait, wait * 2 < MdnsTimes.LastBetweenResolves ? wait * 2 : MdnsTimes.LastBetweenResolves);
        }

        Next = _open.Count == 0 ? DateTimeOffset.MaxValue : _open.Values.Min(o => o.At);
        return due;
    }
}
