using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>Finding out who is at an address that somebody typed.</summary>
internal sealed partial class PeersActor
{
    private sealed record Resolved(IActorRef Asker, long Request, IPEndPoint Address, DateTimeOffset Since, HandshakeOutcome Outcome) : INoSerializationVerificationNeeded;

    private void OnResolve(PeerCommands.Resolve resolve)
    {
        var (asker, since) = (Sender, _context.Steady);
        if (Party() is not { } party)
        {
            asker.Tell(new AddressResolution.Failed(resolve.Request, new LinkProblem(LinkRefusal.NotRegistered, "This device is not registered.", ByPeer: false)));
            return;
        }
        Context.ActorOf(
            DialActor.Props(_context, party, [resolve.Address], expected: null, Authentication.Types.Purpose.Link, outcome => new Resolved(asker, resolve.Request, resolve.Address, since, outcome)),
            $"resolve-{++_started}");
    }

    private void OnResolved(Resolved resolved)
    {
        switch (resolved.Outcome)
        {
            case HandshakeOutcome.Open open:
                var device = open.Result.Peer.DeviceId;
                OnProven(open.Result.Peer, resolved.Address, isDialled: true);
                OnTypedReached(open, _context.Steady - resolved.Since);
                var peer = Peer(device);
                peer.Tell(new PeerSignals.AddressesKnown([resolved.Address]));
                peer.Tell(new PeerSignals.Adopt(open));
                resolved.Asker.Tell(new AddressResolution.Found(resolved.Request, device));
                break;
            case HandshakeOutcome.Failed failed:
                if (failed.Failure is HandshakeFailure.Refused { Certificate: { } certificate })
                    OnRefused(certificate.DeviceId, LinkProblems.From(failed.Failure));
                resolved.Asker.Tell(new AddressResolution.Failed(resolved.Request, LinkProblems.From(failed.Failure)));
                break;
            case HandshakeOutcome.Unreachable unreachable:
                resolved.Asker.Tell(new AddressResolution.Failed(resolved.Request, LinkProblems.Unreachable(unreachable.Detail)));
                break;
        }
    }

    private void OnTypedReached(HandshakeOutcome.Open open, TimeSpan latency)
    {
        if (_lastKnown.HandleReached(open.Result.Peer.DeviceId, open.Remote, _context.Steady))
            _context.Events.Publish(Reached(open, FoundBy.Typed, latency));
        DialLastKnown();
    }
}
