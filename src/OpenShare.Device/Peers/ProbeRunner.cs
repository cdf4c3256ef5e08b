using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Hosting;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>
/// What follows a handshake that is to prove who is there and no more: the one that dialled says where it listens,
/// each offers its revocation list and its discovery key where they are the newer, and says goodbye. Offers that arrive are published. Never throws.
/// </summary>
internal sealed class ProbeRunner(DeviceContext context, HandshakeParty party)
{
    /// <summary>Both roles: say what is newer here, say goodbye, hear the other side out. In the time of a handshake, or it is cut.</summary>
    internal async Task ExchangeAsync(HandshakeOutcome.Open open, IScheduler scheduler, CancellationToken cancellation)
    {
        using var stream = open.Control;
        var limit = scheduler.Advanced.ScheduleOnceCancelable(HandshakeParty.Deadline, stream.Dispose);
        try
        {
            if (ListeningNotice.Of(party, open.Result.Session.Role) is { } listening)
                await stream.SendAsync(listening, cancellation).ConfigureAwait(false);
            if (party.Revoked is { } list && list.Version > open.Result.PeerRevocationVersion)
                await stream.SendAsync(new Control { RevocationOffer = new RevocationOffer { RevocationList = list.Blob } }, cancellation).ConfigureAwait(false);
            if (party.KeyFor(open.Result.Peer, open.Result.Trust, open.Result.PeerDiscoveryKeyVersion, context.Now) is { } key)
                await stream.SendAsync(new Control { DiscoveryKeyOffer = new DiscoveryKeyOffer { DiscoveryKey = key.Blob } }, cancellation).ConfigureAwait(false);
            if (!party.Withdrawals.IsEmpty)
                await stream.SendAsync(new Control { WithdrawalsOffer = new WithdrawalsOffer { Withdrawals = { party.Withdrawals } } }, cancellation).ConfigureAwait(false);
            await stream.CloseAsync(cancellation).ConfigureAwait(false);
            while (await stream.ReceiveAsync(cancellation).ConfigureAwait(false) is Inbound.Message message)
            {
                if (ListeningNotice.Read(message.Control.Listening, open.Result.Peer.DeviceId, open.Remote, open.Result.Session.Role) is { } told)
                    context.Events.Publish(told);
                if (message.Control.RevocationOffer?.RevocationList is { } offered)
                    context.Events.Publish(new PeerEvents.RevocationOffered(open.Result.Peer.DeviceId, offered));
                if (message.Control.WithdrawalsOffer is { } withdrawn)
                    context.Events.Publish(new PeerEvents.WithdrawalsOffered(open.Result.Peer.DeviceId, withdrawn.Withdrawals));
                if (DiscoveryKey.TryRead(message.Control.DiscoveryKeyOffer) is { } newer)
                    context.Events.Publish(new PeerEvents.DiscoveryKeyOffered(open.Result.Peer.DeviceId, newer));
            }
        }
        catch (TransportException)
        {
            // What the probe was for, the proof, is there already.
        }
        finally
        {
            limit.Cancel();
        }
    }
}
