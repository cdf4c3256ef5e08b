using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>What is handed on to the peer over an open link: the news that this device has and it may not.</summary>
internal sealed partial class PeerActor
{
    private static void OfferRevocationList(Link link, Protocol.Revocation.RevocationList list) =>
        link.Send(new Control { RevocationOffer = new RevocationOffer { RevocationList = list.Blob } });

    private static void OfferWithdrawals(Link link, HandshakeParty party)
    {
        if (!party.Withdrawals.IsEmpty)
            link.Send(new Control { WithdrawalsOffer = new WithdrawalsOffer { Withdrawals = { party.Withdrawals } } });
    }

    private DiscoveryKey? KeyFor(Link link, HandshakeParty party) =>
        party.KeyFor(link.Certificate, link.JudgedBy, link.PeerDiscoveryKeyVersion, _context.Now);

    private static void OfferDiscoveryKey(Link link, DiscoveryKey key) =>
        link.Send(new Control { DiscoveryKeyOffer = new DiscoveryKeyOffer { DiscoveryKey = key.Blob } });
}
