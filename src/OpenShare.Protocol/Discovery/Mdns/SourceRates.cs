using System.Net;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>
/// How much of one source is read: 100 packets a second, and 200 at once, of which a long one counts as several. A device
/// sends a few in a second, and some tens of agents may be on one host; whoever floods costs a look at the address that he
/// comes from, and others nothing.
/// </summary>
internal sealed class SourceRates
{
    internal const int AtOnce = 200;

    /// <summary>Questions and records of a packet that counts as one: no announcement has more.</summary>
    private const int PerPacket = 32;

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

    /// <summary>The packet that was admitted last of this source was so much work: known only when it is read.</summary>
    /// <param name="work">in records</param>
    internal void Charge(IPAddress source, int work)
    {
        var known = _sources[source];
        _sources[source] = known with { Left = known.Left - (work / PerPacket) };
    }
}
