using System.Collections.Immutable;
using System.Net;
using OpenShare.Device.Discovery;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Storage.Database;

/// <param name="Endpoints">where it was last reached, newest first, and then where else it was announced; at most <see cref="MaxEndpoints"/> are kept</param>
public sealed record PeerRecord(
    DeviceId DeviceId, string Name, ImmutableArray<IPEndPoint> Endpoints, DateTimeOffset LastSeen, PeerTrust Trust, FoundBy FoundBy)
{
    public const int MaxEndpoints = 16;

    /// <summary>As its certificate says; 0: it has none, or was last seen before that was kept.</summary>
    public ulong DeviceNo { get; init; }
}

/// <summary>Peers known from a handshake. Bounded: beyond <see cref="MaxPeers"/> the one not seen for longest is forgotten.</summary>
public interface IPeerStore
{
    const int MaxPeers = 10_000;

    PeerRecord? Find(DeviceId device);

    IReadOnlyList<PeerRecord> All();

    void Save(PeerRecord peer);

    void Remove(DeviceId device);
}
