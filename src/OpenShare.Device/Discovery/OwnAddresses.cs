using System.Net;

namespace OpenShare.Device.Discovery;

/// <summary>
/// This device's own addresses. One that is gone is news once another of its kind is there: then it moved, and what led from there leads
/// nowhere. While there is none, a cable is out or the Wi-Fi away, it may come back, and all that led from it with it.
/// </summary>
internal sealed class OwnAddresses
{
    private readonly HashSet<IPAddress> _gone = [];
    private HashSet<IPAddress> _now = [];

    /// <returns>true: one is gone for which there is another</returns>
    internal bool Look(IEnumerable<IPAddress> addresses)
    {
        // Loopback is always there. A link-local one comes back some seconds after the others of its interface, and goes with them.
        HashSet<IPAddress> now = [.. addresses.Where(a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal)];
        _gone.UnionWith(_now);
        _gone.ExceptWith(now);
        _now = now;
        return _gone.RemoveWhere(gone => now.Any(a => a.AddressFamily == gone.AddressFamily)) > 0;
    }
}
