using Akka.Actor;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Peers;

/// <summary>An actor for each device that is spoken with: made when there is something for it, and told how things are.</summary>
internal sealed partial class PeersActor
{
    // A peer's actor that is made anew does not know it any more, and whoever wanted it would not say so again.
    private readonly HashSet<DeviceId> _wanted = [];

    private void OnConnect(PeerCommands.Connect connect)
    {
        _wanted.Add(connect.Device);
        if (_hasStarted)
            Peer(connect.Device).Forward(connect);
    }

    private void OnRelease(PeerCommands.Release release)
    {
        _wanted.Remove(release.Device);
        _peers.GetValueOrDefault(release.Device)?.Forward(release);
        LetGoOfStranger(release.Device);
    }

    private IActorRef Peer(DeviceId device)
    {
        if (_peers.TryGetValue(device, out var known))
            return known;
        var peer = Context.Watch(Context.ActorOf(PeerActor.Props(_context, device, _listener?.QuicPort), $"{device}-{++_started}"));
        _peers.Add(device, peer);
        TellState(peer, device);
        return peer;
    }

    private void TellState(IActorRef peer, DeviceId device)
    {
        peer.Tell(new PeerSignals.PartyChanged(Party()));
        if (_directory.IsProven(device))
            peer.Tell(new PeerSignals.IsKnown());
        var addresses = _directory.AddressesOf(device);
        if (!addresses.IsEmpty)
            peer.Tell(new PeerSignals.AddressesKnown(addresses));
        if (_wanted.Contains(device))
            peer.Tell(new PeerCommands.Connect(device));
    }

    // Anybody may announce ids without end: nothing is kept of one that did not prove itself.
    private void LetGoOfStranger(DeviceId device)
    {
        if (_wanted.Contains(device) || !_peers.TryGetValue(device, out var peer) || _sessions.ContainsValue(peer) || _directory.IsProven(device))
            return;
        _peers.Remove(device);
        peer.Tell(new PeerSignals.Stop());
    }

    // One that failed again and again: the next message or sighting of that device makes it anew.
    private void Forget(IActorRef peer)
    {
        foreach (var device in _peers.Where(p => p.Value.Equals(peer)).Select(p => p.Key).ToList())
            _peers.Remove(device);
        foreach (var session in _sessions.Where(s => s.Value.Equals(peer)).Select(s => s.Key).ToList())
            _sessions.Remove(session);
    }
}
