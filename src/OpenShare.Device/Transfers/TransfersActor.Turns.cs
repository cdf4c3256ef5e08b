using OpenShare.Device.Transfers.Sending;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Transfers;

/// <summary>Who shares what is sent to one peer: all sessions that send to it.</summary>
internal sealed partial class TransfersActor
{
    private readonly Dictionary<DeviceId, PeerTurns> _turns = [];

    private PeerTurns TurnsOf(DeviceId peer)
    {
        if (!_turns.TryGetValue(peer, out var turns))
            _turns.Add(peer, turns = new PeerTurns(_context));
        return turns;
    }
}
