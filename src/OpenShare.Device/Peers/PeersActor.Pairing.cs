using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Pairing;
using OpenShare.Device.Views;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>What pairing changes of whom may be spoken with, and where they are.</summary>
internal sealed partial class PeersActor
{
    private PairingEvents.StandingChanged _pairing = PairingEvents.StandingChanged.None;
    private ImmutableArray<Signed> _withdrawals = [];

    private HandshakeParty? _shown;
    private ImmutableArray<PeerSighting> _unpaired = [];

    // Who is known is not shown as a stranger as well, whoever says so.
    private IEnumerable<PeerView> Unpaired(IEnumerable<PeerView> known) => _unpaired
        .ExceptBy(known.Select(p => p.DeviceId), s => s.DeviceId)
        .Select(s => new PeerView(s.DeviceId, s.AnnouncedName, s.Place.EndPoints.FirstOrDefault(), PeerTrust.Unpaired, s.FoundBy, s.Latency, IsProven: false));

    private void OnStandingChanged(PairingEvents.StandingChanged changed)
    {
        _pairing = changed;
        _withdrawals = [.. changed.Withdrawals.Take(Withdrawal.Most).Select(w => w.Blob)];
        TellParty();
    }

    // Where the other side of a pairing is reached: no announcement may ever tell of it.
    private void OnPaired(DeviceCertificate peer, IPEndPoint? at)
    {
        if (at is null)
            return;
        Know(peer, at, isDialled: true);
        _peers.GetValueOrDefault(peer.DeviceId)?.Tell(new PeerSignals.AddressesKnown([at]));
    }
}
