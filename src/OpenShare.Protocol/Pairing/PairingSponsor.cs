using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>A device as it stands when it pairs another: what it signs with, and what it hands on.</summary>
/// <param name="ServerTrust">how the registration service proves itself; null: by the trust root</param>
public sealed record PairingSponsor(
    ISigner Key, DeviceCertificate Certificate, TrustChain Trust, RevocationList? Revoked, DiscoveryKeys DiscoveryKeys, Uri Server, string? ServerTrust)
{
    internal PairingAnswer Grant(DeviceCertificate provisional)
    {
        var grant = new PairingGrant
        {
            Certificate = provisional.Blob,
            RevocationList = Revoked?.Blob,
            DiscoveryKey = DiscoveryKeys.Issue?.Blob,
            Server = Server.AbsoluteUri,
            ServerTrust = ServerTrust ?? "",
        };
        if (DiscoveryKeys.Issue is null)
            grant.UnsignedDiscoveryKey = Google.Protobuf.ByteString.CopyFrom(DiscoveryKeys.Current.Span);
        grant.TrustChain.AddRange(Trust.HandedOn());
        return new PairingAnswer { Grant = grant };
    }
}
