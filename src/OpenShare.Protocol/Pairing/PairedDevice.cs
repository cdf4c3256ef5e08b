using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>What a new device was given, checked so that it can be stored and shown to peers.</summary>
public sealed record PairedDevice(HeldRegistration Held, RevocationList? Revoked)
{
    public DeviceCertificate Certificate => Held.Issued.Certificate;

    /// <summary>Reads a grant and checks that it is about this key, given by this token's sponsor, and holds together under its trust root.</summary>
    /// <param name="known">the organisation's keys, where this device knew them before: what is given must be theirs</param>
    /// <exception cref="ProtocolException">it does not; the message is for a person</exception>
    internal static PairedDevice Read(PairingGrant grant, PairingToken token, PublicKey key, TrustRoot? known, DateTimeOffset now)
    {
        if (grant.TrustChain.Count > Limits.TrustLinks + 1)
            throw new ProtocolException($"It gave {grant.TrustChain.Count} versions of the organisation's keys; at most {Limits.TrustLinks + 1} are read.");
        var trust = TrustChain.Read(grant.TrustChain);
        if (known is not null && !trust.Holds(known))
            throw new ProtocolException("The organisation's keys that it gave are not those that are known here.");
        var certificate = DeviceCertificate.Read(grant.Certificate ?? throw new ProtocolException("It gave no certificate."));
        if (!certificate.PublicKey.Equals(key) || certificate.Sponsor?.DeviceId != token.Sponsor.DeviceId)
            throw new ProtocolException("The certificate that it gave is for another key, or not its own to give.");
        if (!certificate.IsVouchedFor(trust.Newest))
            throw new ProtocolException("The certificate that it gave is not good under the organisation's keys that it gave.");
        if (certificate.ValidityAt(now) != CertificateValidity.Valid)
            throw new ProtocolException($"The certificate that it gave is good from {certificate.IssuedAt:u} until {certificate.ExpiresAt:u}, and here it is {now:u}: one of the two clocks is wrong.");
        var list = grant.RevocationList is { } blob ? RevocationList.Read(blob, trust.Newest) : null;
        if (list?.Revokes(certificate.Sponsor!) == true || list?.Revokes(certificate) == true)
            throw new ProtocolException("By the revocation list that it gave, it or this device was revoked.");
        return new PairedDevice(
            new HeldRegistration(ReadServer(grant.Server), ReadServerTrust(grant.ServerTrust), new IssuedRegistration(certificate, trust, ReadKeys(grant, certificate, trust))),
            list);
    }

    private static Uri ReadServer(string text) => text.Length <= 2048 && Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme == Uri.UriSchemeHttps
        ? server
        : throw new ProtocolException("The address of the registration service that it gave is none.");

    private static string? ReadServerTrust(string text) => text.Length <= Limits.TrustChain
        ? text.Length > 0 ? text : null
        : throw new ProtocolException("What the registration service is to be trusted by is too long.");

    private static DiscoveryKeys ReadKeys(PairingGrant grant, DeviceCertificate certificate, TrustChain trust) =>
        grant.DiscoveryKey is { } issue ? DiscoveryKeys.Of(DiscoveryKey.Read(issue).VerifiedBy(trust.Newest, certificate.Account))
        : grant.UnsignedDiscoveryKey.Length == DiscoveryKey.Size ? DiscoveryKeys.Unsigned(grant.UnsignedDiscoveryKey.Memory)
        : throw new ProtocolException("It gave no discovery key.");
}
