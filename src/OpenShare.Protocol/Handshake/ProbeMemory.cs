using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Handshake;

/// <summary>
/// Which peers need not be probed when they are sighted again: those that have proven themselves a short while ago and
/// were offered the revocation list in force then. On a Wi-Fi that flaps everybody is sighted anew each time.
/// </summary>
public sealed class ProbeMemory
{
    /// <summary>So long a proof serves.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    // Past this many, those whose time is up are dropped at each new one.
    private const int Many = 256;

    private readonly SortedDictionary<DeviceId, (DateTimeOffset At, ulong ListVersion)> _proven = [];

    internal int Count => _proven.Count;

    /// <summary>A handshake with it succeeded, in either direction.</summary>
    /// <param name="listVersion">of the revocation list in force here, which a handshake offers to whoever holds an older; 0: none</param>
    /// <param name="now">by a clock that is never set</param>
    public void Proven(DeviceId device, ulong listVersion, DateTimeOffset now)
    {
        if (_proven.Count >= Many)
        {
            foreach (var old in _proven.Where(p => now - p.Value.At >= Fresh).Select(p => p.Key).ToList())
                _proven.Remove(old);
        }
        _proven[device] = (now, listVersion);
    }

    /// <summary>Whether a probe could tell anything new, to either side.</summary>
    public bool IsDue(DeviceId device, ulong listVersion, DateTimeOffset now) =>
        !_proven.TryGetValue(device, out var last) || now - last.At >= Fresh || listVersion > last.ListVersion;
}
