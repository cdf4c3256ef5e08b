using System.Collections.Immutable;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Registration;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Peers;

// Who is in sight, and which of them is asked to prove itself, and to tell its news, before anybody wants anything of it.
internal sealed partial class PeersActor
{
    private sealed record ProbesDue;

    // An organisation's devices on one network, and some.
    private const int MostPeers = 2_000;

    private void OnSighted(DiscoveryEvents.PeerSighted sighted)
    {
        var device = sighted.Sighting.DeviceId;
        _directory.Sighted(sighted.Sighting);
        (_wanted.Contains(device) ? Peer(device) : _peers.GetValueOrDefault(device))?.Tell(new PeerSignals.Sighted(sighted.Sighting));
        // It has just proven itself.
        if (sighted.Sighting.FoundBy is FoundBy.LastKnown or FoundBy.Typed)
            return;
        _lastKnown.HandleSighted(device);
        _probes.HandleSighted(_identity?.DeviceId, device, sighted.Sighting.Place.Addresses, sighted.Sighting.News, _context.Steady);
        RunProbes();
    }

    private void OnHeardAgain(DiscoveryEvents.PeerHeardAgain heard)
    {
        if (_wanted.Contains(heard.DeviceId))
            Peer(heard.DeviceId).Tell(new PeerSignals.HeardAgain());
    }

    private void OnLost(DiscoveryEvents.PeerLost lost)
    {
        _directory.Lost(lost.DeviceId);
        _lastKnown.HandleLost(lost.DeviceId, _directory.CanBeLookedFor(lost.DeviceId), _context.Steady);
        _probes.HandleLost(lost.DeviceId);
        JudgeCompany();
        DialLastKnown();
        LetGoOfStranger(lost.DeviceId);
    }

    private void TellNews(DeviceIdentity? before)
    {
        if (_identity is null)
            return;
        _probes.HandleOwnNews(_identity.NewsWith(_revoked?.Version ?? 0));
        if (before is not null && before.DiscoveryKeys.Hash != _identity.DiscoveryKeys.Hash)
            _probes.HandleKeyChanged(_context.Steady);
        RunProbes();
    }

    // Whoever looks wants to see names that are proven.
    private void OnGetPeers()
    {
        var known = _directory.View(_revoked, _duplicates);
        Sender.Tell((ImmutableArray<PeerView>)[.. known, .. Unpaired(known)]);
        _probes.HandleLooked(_context.Steady);
        RunProbes();
    }

    private void RunProbes()
    {
        foreach (var device in _probes.TakeDue(_context.Steady))
        {
            // Anybody may announce ids without end; whoever has an actor here already, or is asked for by the user, is served still.
            if (_peers.ContainsKey(device) || _peers.Count < MostPeers)
                Peer(device).Tell(new PeerSignals.Probe());
        }
        JudgeCompany();
        if (_probes.NextTimeout is { } next && next < DateTimeOffset.MaxValue)
            Timers.StartSingleTimer(nameof(ProbesDue), new ProbesDue(), next > _context.Steady ? next - _context.Steady : TimeSpan.Zero);
        else
            Timers.Cancel(nameof(ProbesDue));
    }
}
