using System.Net;
using OpenShare.Device.Channel;
using OpenShare.Device.Hosting;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>
/// A handshake that proves who is there and no more: afterwards each side offers its revocation list where it is the
/// newer, and the dialling side says goodbye. Offers that arrive are published. Never throws.
/// </summary>
internal sealed class ProbeRunner(DeviceContext context, HandshakeParty party)
{
    internal async Task<HandshakeOutcome> RunAsync(IReadOnlyList<IPEndPoint> addresses, DeviceId device, CancellationToken cancellation)
    {
        var outcome = await new HandshakeRunner(context, party)
            .DialAsync(addresses, device, Authentication.Types.Purpose.Probe, cancellation).ConfigureAwait(false);
        if (outcome is HandshakeOutcome.Open open)
            await ExchangeAsync(open, cancellation).ConfigureAwait(false);
        return outcome;
    }

    /// <summary>Both roles: say what is newer here, say goodbye, hear the other side out.</summary>
    internal async Task ExchangeAsync(HandshakeOutcome.Open open, CancellationToken cancellation)
    {
        using var stream = open.Control;
        try
        {
            if (party.Revoked is { } list && list.Version > open.Result.PeerRevocationVersion)
                await stream.SendAsync(new Control { RevocationOffer = new RevocationOffer { RevocationList = list.Blob } }, cancellation).ConfigureAwait(false);
            await stream.CloseAsync(cancellation).ConfigureAwait(false);
            while (await stream.ReceiveAsync(cancellation).ConfigureAwait(false) is Inbound.Message message)
            {
                if (message.Control.RevocationOffer?.RevocationList is { } offered)
                    context.Events.Publish(new PeerEvents.RevocationOffered(open.Result.Peer.DeviceId, offered));
            }
        }
        catch (TransportException)
        {
            // What the probe was for, the proof, is there already.
        }
    }
}
