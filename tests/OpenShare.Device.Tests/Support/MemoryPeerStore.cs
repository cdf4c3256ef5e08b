using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Support;

internal sealed class MemoryPeerStore : IPeerStore
{
    private readonly Dictionary<DeviceId, PeerRecord> _peers = [];

    public PeerRecord? Find(DeviceId device) => _peers.GetValueOrDefault(device);

    public IReadOnlyList<PeerRecord> All() => [.. _peers.Values];

    public void Save(PeerRecord peer) => _peers[peer.DeviceId] = peer;

    public void Remove(DeviceId device) => _peers.Remove(device);
}
