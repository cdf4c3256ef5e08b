using System.Collections.Immutable;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Peers;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Pairing;

/// <summary>Where this device offers to pair one that shows itself on the network: dialled, invited by the key it proves, and a visitor from then on.</summary>
internal sealed partial class PairingActor
{
    private sealed record Found(IActorRef Asker, PairingCommands.InviteFound Order, string Name, HandshakeOutcome Outcome) : INoSerializationVerificationNeeded;

    private ImmutableArray<PeerSighting> _unpaired = [];
    private int _offers;

    private void ReceiveFinding()
    {
        Receive<DiscoveryEvents.UnpairedChanged>(m => _unpaired = m.Devices);
        Receive<PairingCommands.InviteFound>(OnInviteFound);
        ReceiveAsync<Found>(OnFound);
    }

    private void OnInviteFound(PairingCommands.InviteFound order)
    {
        var asker = Sender;
        if (_identity is not { } own)
            asker.Tell(new InviteOutcome.NotRegistered());
        else if (_unpaired.FirstOrDefault(s => s.DeviceId == order.Device) is not { } sighting)
            asker.Tell(new InviteOutcome.NotFound("No such device shows itself on this network. On the new device: openshare pair show"));
        else
        {
            var self = new HandshakeParty(own.Key, own.Certificate, own.Chain, _revoked, ImmutableHashSet<DeviceId>.Empty, _floor) { Instance = _context.Instance };
            Context.ActorOf(
                DialActor.Props(
                    _context, self, AddressOrder.BestFirst(sighting.Place.EndPoints), order.Device, Authentication.Types.Purpose.Pairing,
                    outcome => new Found(asker, order, sighting.AnnouncedName, outcome)),
                $"offer-{++_offers}");
        }
    }

    private async Task OnFound(Found found)
    {
        if (found.Outcome is not HandshakeOutcome.Open open)
        {
            found.Asker.Tell(new InviteOutcome.NotFound($"{found.Name} does not take the offer: {Detail(found.Outcome)}"));
            return;
        }
        var line = new PairingLine(open.Control, open.Result.Session.Id);
        if (_visits.Count >= MostVisits)
        {
            line.End(Context.System.Scheduler);
            found.Asker.Tell(new InviteOutcome.NotFound($"{MostVisits} devices are being paired here already. Try again in a moment."));
            return;
        }
        var invited = await Invited(new SponsorInput.Invite(PairingCode.Of(open.Result.Peer.PublicKey), found.Order.Scope, found.Order.Addresses) { IsByAnnouncement = true });
        if (invited is InviteOutcome.Invited { Token: var token })
        {
            line.Send(new Control { PairingOffer = new PairingOffer { Token = token.Blob } });
            Receive(open.Result.Peer, open.Remote, line, found.Asker, token.Nonce);
            return;
        }
        line.End(Context.System.Scheduler);
        found.Asker.Tell(invited);
    }

    private static string Detail(HandshakeOutcome outcome) => outcome switch
    {
        HandshakeOutcome.Failed failed => failed.Failure.Detail,
        HandshakeOutcome.Unreachable unreachable => unreachable.Detail,
        _ => "",
    };
}
