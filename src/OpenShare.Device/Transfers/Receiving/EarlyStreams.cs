using OpenShare.Device.Channel;
using OpenShare.Device.Peers;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>
/// Streams that came before the transfer they are for. They wait for it while their link lasts; a peer has few of them,
/// and one too many is closed: its sender asks for another.
/// </summary>
/// <param name="end">says goodbye on a stream that is not wanted, while its link is there</param>
internal sealed class EarlyStreams(Action<SecureStream> end)
{
    internal const int MostOfAPeer = 32;

    private readonly SortedDictionary<DeviceId, List<PeerEvents.StreamOpened>> _waiting = [];

    internal void Add(PeerEvents.StreamOpened stream)
    {
        if (!_waiting.TryGetValue(stream.Device, out var streams))
            _waiting.Add(stream.Device, streams = []);
        if (streams.Count < MostOfAPeer)
            streams.Add(stream);
        else
            end(stream.Stream);
    }

    /// <returns>the transfer's streams in the order they came: the caller's from here on</returns>
    internal IReadOnlyList<PeerEvents.StreamOpened> Take(DeviceId peer, TransferId transfer)
    {
        if (!_waiting.TryGetValue(peer, out var streams))
            return [];
        var taken = streams.FindAll(s => s.Transfer == transfer);
        streams.RemoveAll(s => s.Transfer == transfer);
        if (streams.Count == 0)
            _waiting.Remove(peer);
        return taken;
    }

    internal void Drop(DeviceId peer, TransferId transfer)
    {
        foreach (var stream in Take(peer, transfer))
            end(stream.Stream);
    }

    internal void DropAllFrom(DeviceId peer)
    {
        if (!_waiting.Remove(peer, out var streams))
            return;
        foreach (var stream in streams)
            stream.Stream.Dispose();
    }

    internal void DropAll()
    {
        foreach (var peer in _waiting.Keys.ToList())
            DropAllFrom(peer);
    }
}
