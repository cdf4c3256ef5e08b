using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Handshake;

/// <summary>What both sides know once a handshake has succeeded.</summary>
/// <param name="PeerDiscoveryKeyVersion">of the signed discovery key that it said it has; 0: none</param>
/// <param name="Trust">what the peer was judged by: newer than the party's where the peer was ahead</param>
/// <param name="Purpose">the initiator's: a link to be used, or a probe that ends here</param>
public sealed record HandshakeResult(
    DeviceCertificate Peer,
    ulong PeerRevocationVersion,
    uint PeerDiscoveryKeyVersion,
    InstanceId PeerInstance,
    TrustChain Trust,
    Authentication.Types.Purpose Purpose,
    Session Session);

public enum HandshakeRole
{
    Initiator = 1,
    Responder = 2,
}
