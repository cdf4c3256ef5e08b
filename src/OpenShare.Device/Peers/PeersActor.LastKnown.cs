using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Pairing;
using OpenShare.Device.Revocation;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>Dialling known devices where they were last reached, as no announcement tells of them.</summary>
internal sealed partial class PeersActor
{
    private sealed record LastKnownDialled(DeviceId Device, DateTimeOffset Since, HandshakeOutcome Outcome) : INoSerializationVerificationNeeded;

    private sealed record LastKnownDue;

    private readonly LastKnownPlan _lastKnown = new();
    private RungState _lastKnownState = RungState.Resting;
    private DiscoveryEvents.LadderChanged _ladder = new([]);
    private bool? _isAlone;
    private bool _isPairingOffered;

    private void OnLadderChanged(DiscoveryEvents.LadderChanged ladder)
    {
        _ladder = ladder;
        JudgeCompany();
    }

    // Where the revoked alone are heard, those who have a newer discovery key are looked for where they were.
    private void OnRevocationChanged(RevocationEvents.RevocationChanged changed)
    {
        _revoked = changed.List;
        TellParty();
        TellNews(_identity);
        if (_revoked is { } list)
            Disbelieve(device => list.Names(device, _directory.NumberOf(device)));
    }

    private void OnWithdrawn(PairingEvents.Withdrawn withdrawn)
    {
        _directory.Refused(withdrawn.Device, PeerTrust.Revoked);
        Disbelieve(withdrawn.Device.Equals);
    }

    private void Disbelieve(Predicate<DeviceId> isRevoked)
    {
        _probes.HandleRevoked(isRevoked);
        JudgeCompany();
    }

    // Whom nobody has proven to be there is no company: one forged announcement must not end the search.
    private void JudgeCompany()
    {
        var isAlone = _ladder.IsAlone || _probes.HasStrangersOnly;
        // Where it only answers from its home, nobody is to learn that it is there.
        if (isAlone == _isAlone || _listener is null)
            return;
        _isAlone = isAlone;
        if (isAlone)
            _lastKnown.HandleAlone(_directory.LastSeen(), _ladder is { IsAlone: true, SearchStarted: { } started } ? started : _context.Steady, _context.Steady);
        else
            _lastKnown.HandleCompany(_directory.LastSeen(), _context.Steady);
        DialLastKnown();
    }

    private void OnLookFor(PeerCommands.LookFor look)
    {
        _lastKnown.HandleAskedFor(look.Device, _context.Steady);
        DialLastKnown();
    }

    // It saw this device, or knows where it is, and no announcement of its own has come.
    private void OnListeningTold(PeerEvents.ListeningTold told)
    {
        _directory.Told(told.Device, told.Place);
        _lastKnown.HandleTold(told.Device, _context.Steady);
        DialLastKnown();
    }

    // Whoever is found so says no goodbye that anybody hears, and nobody hears where it goes.
    private void Doubt(DeviceId device)
    {
        _lastKnown.HandleDoubted(device, _context.Steady);
        DialLastKnown();
    }

    private void DialLastKnown()
    {
        foreach (var device in _lastKnown.TakeDue(_context.Steady))
        {
            var (since, addresses) = (_lastKnown.SoughtSince(device) ?? _context.Steady, AddressOrder.BestFirst(_directory.ReachedAt(device)));
            if (Party() is not { } party || addresses.IsEmpty)
            {
                _lastKnown.HandleAnswered(device, at: null, _context.Steady);
                continue;
            }
            Context.ActorOf(
                DialActor.Props(_context, party, addresses, device, Authentication.Types.Purpose.Probe, outcome => new LastKnownDialled(device, since, outcome)),
                $"last-known-{++_started}");
        }
        if (_lastKnown.State != _lastKnownState)
            _context.Events.Publish(new DiscoveryEvents.RungChanged(FoundBy.LastKnown, null, _lastKnownState = _lastKnown.State));
        OfferPairing();
        if (_lastKnown.NextTimeout is { } due && due < DateTimeOffset.MaxValue)
            Timers.StartSingleTimer(nameof(LastKnownDue), new LastKnownDue(), due > _context.Steady ? due - _context.Steady : TimeSpan.Zero);
        else
            Timers.Cancel(nameof(LastKnownDue));
    }

    // What is left where nobody is announced, nor found where he was.
    private void OfferPairing()
    {
        var isOffered = _lastKnown is { IsSearching: true, State: RungState.Nobody };
        if (isOffered == _isPairingOffered)
            return;
        _isPairingOffered = isOffered;
        _context.Events.Publish(new DiscoveryEvents.PairingOffered(isOffered));
    }

    private void OnLastKnownDialled(LastKnownDialled dialled)
    {
        var open = dialled.Outcome as HandshakeOutcome.Open;
        if (open is not null && Party() is { } party)
        {
            // Whoever is found in no other way has perhaps missed what makes it known to the others.
            _ = Exchange(party, open);
            OnProven(open.Result.Peer, open.Remote, isDialled: true);
        }
        var hasRefused = dialled.Outcome is HandshakeOutcome.Failed { Failure: HandshakeFailure.RefusedByPeer { By: not null } };
        if (hasRefused ? _lastKnown.HandleRefused(dialled.Device, _context.Steady) : _lastKnown.HandleAnswered(dialled.Device, open?.Remote, _context.Steady))
            _context.Events.Publish(open is null ? new DiscoveryEvents.PeerLost(dialled.Device) : Reached(open, FoundBy.LastKnown, _context.Steady - dialled.Since));
        DialLastKnown();
    }

    private static DiscoveryEvents.PeerSighted Reached(HandshakeOutcome.Open open, FoundBy foundBy, TimeSpan latency) => new(new PeerSighting(
        open.Result.Peer.DeviceId, open.Result.Peer.Name, open.Result.Peer.PublicKey.ShortFingerprint,
        new PeerPlace(open.Remote.Address.ToString(), open.Remote.Port, [open.Remote.Address]), foundBy, latency));
}
