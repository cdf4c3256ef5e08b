using System.Net;

namespace OpenShare.Protocol.Discovery;

/// <summary>
/// How many packets of one source are read: 100 a second, and 200 at once. A device sends a few in a second, and some tens
/// of agents may be on one host; whoever floods costs a look at the address that he comes from, and others nothing.
/// </summary>
internal sealed class SourceRates
{
    internal const int AtOnce = 200;

    private const double PerSecond = 100;
    private const int Sources = 1024;

    private readonly Dictionary<IPAddress, (double Left, DateTimeOffset At)> _sources = [];

    internal bool Admit(IPAddress source, DateTimeOffset now)
    {
        if (!_sources.TryGetValue(source, out var known))
        {
            // Forged sources are many: to begin anew costs less than to remember which are new.
            if (_sources.Count == Sources)
                _sources.Clear();
            known = (AtOnce, now);
        }
        var left = Math.Min(AtOnce, known.Left + ((now - known.At).TotalSeconds * PerSecond));
        _sources[source] = (left < 1 ? left : left - 1, now);
        return left >= 1;
    }
}
