using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>What the peer says on the control stream: for this actor, or for the flow that takes it up.</summary>
internal sealed partial class PeerActor
{
    private void OnArrived(Link.Arrived arrived)
    {
        // Of a link that has ended nobody reads on.
        if (_link is not { } link || arrived.Link != link.Id)
            return;
        link.Liveness.Heard(_context.Steady);
        if (Hear(link, arrived.Message) is { } said)
            _context.Events.Publish(said with { Handled = arrived.Handled });
        else
            arrived.Handled();
    }

    // Whoever sends a long message hears nothing else of this side meanwhile: its ping waits behind it.
    private void OnPartArrived(Link.PartArrived part)
    {
        if (_link is not { } link || part.Link != link.Id)
            return;
        link.Liveness.Heard(_context.Steady);
        link.Send(new Control { Pong = new Pong() });
    }

    /// <returns>what a flow takes up; null: it was for this actor, and is dealt with</returns>
    private PeerEvents.Said? Hear(Link link, Control message)
    {
        switch (message.KindCase)
        {
            case Control.KindOneofCase.Ping:
                link.Send(new Control { Pong = new Pong { Id = message.Ping.Id } });
                return null;
            case Control.KindOneofCase.Pong or Control.KindOneofCase.None:
                return null;
            case Control.KindOneofCase.RevocationOffer when message.RevocationOffer.RevocationList is { } list:
                return new PeerEvents.RevocationOffered(_device, list);
            case Control.KindOneofCase.WithdrawalsOffer:
                return new PeerEvents.WithdrawalsOffered(_device, message.WithdrawalsOffer.Withdrawals);
            case Control.KindOneofCase.DiscoveryKeyOffer:
                return DiscoveryKey.TryRead(message.DiscoveryKeyOffer) is { } newer ? new PeerEvents.DiscoveryKeyOffered(_device, newer) : null;
            case Control.KindOneofCase.StreamsWanted when link.Session.Role == HandshakeRole.Initiator:
                if (message.StreamsWanted.TransferId.Length == 16)
                    DialStreams(
                        TransferId.FromBytes(message.StreamsWanted.TransferId.Span), (int)Math.Min(message.StreamsWanted.Count, LinkStreams.MostAtOnce),
                        message.StreamsWanted.Carrier == StreamCarrier.Quic ? Carrier.Quic : Carrier.Tcp);
                return null;
            case Control.KindOneofCase.Listening:
                if (ListeningNotice.Read(message.Listening, _device, link.Remote, link.Session.Role) is { } told)
                    _context.Events.Publish(told);
                return null;
            case Control.KindOneofCase.QuicOffer:
                OnQuicOffer(link, message.QuicOffer);
                return null;
            case Control.KindOneofCase.DialBackWanted:
                OnDialBackWanted(link, message.DialBackWanted);
                return null;
            case Control.KindOneofCase.DialBackAnswer:
                OnDialBackAnswer(message.DialBackAnswer);
                return null;
            default:
                link.HasCarried |= message.KindCase == Control.KindOneofCase.ChunksAcknowledged;
                return new PeerEvents.ControlReceived(_device, link.Id, message);
        }
    }
}
