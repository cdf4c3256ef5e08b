using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery;

/// <summary>Instances of which something is still to be asked: after a moment, then after 1, 2, 4 … up to 60 s.</summary>
internal sealed class Resolves(IRandomSource random)
{
    private readonly SortedDictionary<DnsName, (DateTimeOffset At, TimeSpan Wait)> _open = [];

    internal DateTimeOffset Next { get; private set; } = DateTimeOffset.MaxValue;

    internal void Note(DnsName instance, bool isMissing, DateTimeOffset now)
    {
        if (!isMissing)
            Forget(instance);
        else if (_open.TryAdd(instance, (now + random.Between(MdnsTimes.BeforeFirstQuery), MdnsTimes.FirstBetweenQueries)))
            Recount();
    }

    internal void Forget(DnsName instance)
    {
        if (_open.Remove(instance))
            Recount();
    }

    internal List<DnsName> TakeDue(DateTimeOffset now, int most)
    {
        List<DnsName> due = [.. _open.Where(o => o.Value.At <= now).Take(most).Select(o => o.Key)];
        foreach (var instance in due)
        {
            var wait = _open[instance].Wait;
            _open[instance] = (now + wait, wait * 2 < MdnsTimes.LastBetweenResolves ? wait * 2 : MdnsTimes.LastBetweenResolves);
        }

        Recount();
        return due;
    }

    private void Recount() => Next = _open.Count == 0 ? DateTimeOffset.MaxValue : _open.Values.Min(o => o.At);
}
