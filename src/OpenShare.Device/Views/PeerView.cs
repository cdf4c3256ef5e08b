using System.Net;
using OpenShare.Device.Discovery;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Views;

/// <param name="Name">as its certificate says; as announced, hence unproven, before the first handshake</param>
/// <param name="Address">where it is reached; null while it is not to be seen</param>
/// <param name="FoundBy">null while it is not to be seen</param>
/// <param name="Latency">from the start of the search, or the peer's first sign of life since, to the first sighting (docs/discovery.md)</param>
/// <param name="IsProven">its name is its certificate's, seen in a handshake now or once</param>
public sealed record PeerView(
    DeviceId DeviceId, string Name, IPEndPoint? Address, PeerTrust Trust, FoundBy? FoundBy, TimeSpan? Latency, bool IsProven = true);

public enum PeerTrust
{
    /// <summary>Has a certificate of this account, or is announced under it and not yet proven: every connection proves it.</summary>
    Certified,
    Provisional,
    Unpaired,
    Expired,
    Duplicate,
    Revoked,
}
