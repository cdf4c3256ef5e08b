using System.Collections.Immutable;
using System.Net;
using Google.Protobuf;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Pairing;

/// <summary>A registered device that pairs, and a new one.</summary>
internal static class SomePairing
{
    internal static readonly ImmutableArray<IPEndPoint> Addresses = [IPEndPoint.Parse("192.0.2.7:4711"), IPEndPoint.Parse("[fe80::1]:4711")];

    /// <summary>The new device's.</summary>
    internal static readonly SigningKey NewKey = Organisation.Key(0, 40);

    internal static PairingSponsor Sponsor(this Organisation organisation, byte number = 10, HandshakeParty? party = null)
    {
        party ??= organisation.Device(number);
        return new PairingSponsor(
            party.Key, party.Certificate, party.Trust, party.Revoked, DiscoveryKeys.Of(organisation.DiscoveryKey(1)), new Uri("https://server.example:8443"), "sha256:00");
    }

    internal static PairingToken Invite(
        this PairingSponsor sponsor, PublicKey? key = null, ProvisionalScope scope = ProvisionalScope.Account, DateTimeOffset? at = null, byte nonce = 1,
        bool byAnnouncement = false) =>
        PairingToken.Create(
            sponsor.Key, sponsor.Certificate, PairingCode.Of(key ?? NewKey.PublicKey), scope, PairingNonce.FromBytes([.. Enumerable.Repeat(nonce, 16)]), Addresses,
            at ?? Organisation.Now, PairingToken.DefaultTtl, byAnnouncement);

    internal static readonly SessionId Session = SessionId.FromBytes([.. Enumerable.Repeat((byte)3, 16)]);

    /// <summary>What the new device's number is where a test says it itself.</summary>
    internal static readonly byte[] Number = [.. Enumerable.Repeat((byte)9, ShortCode.NumberSize)];

    /// <param name="token">that it comes with: one by announcement was offered on this very connection</param>
    internal static SponsorInput.Opened Opened(int visit, PairingToken? token = null) =>
        new(visit, Introduced(), Session) { Offered = token is { IsByAnnouncement: true } ? token.Nonce : null };

    internal static Control Greeting(this PairingToken token, SessionId? session = null) => new()
    {
        PairingGreeting = new PairingGreeting { Token = token.Blob, Commitment = ByteString.CopyFrom(ShortCode.Commit(session ?? Session, Number)) },
    };

    internal static readonly Control Revealed = new() { PairingReveal = new PairingReveal { Number = ByteString.CopyFrom(Number) } };

    internal static Control Request(this PairingToken token) => new() { PairingRequest = new PairingRequest { Token = token.Blob } };

    internal static Control Numbered(int size = ShortCode.NumberSize) => new() { PairingNumber = new PairingNumber { Number = ByteString.CopyFrom(new byte[size]) } };

    internal static DeviceCertificate Introduced(ISigner? key = null) =>
        Introduction.Of(key ?? NewKey, "new device", InstanceId.None, Organisation.Now).Certificate;

    internal static DeviceCertificate Provisional(
        this PairingSponsor sponsor, ISigner? key = null, ProvisionalScope scope = ProvisionalScope.Account, TimeSpan? lifetime = null, DateTimeOffset? at = null) =>
        DeviceCertificate.Sponsored(sponsor.Key, sponsor.Certificate, 0x5e71a1, (key ?? NewKey).PublicKey, "new device", scope, at ?? Organisation.Now, lifetime ?? SponsorMachine.Lifetime);
}
