using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>The checks on a token, on each side, in this order; the first that fails names the refusal. Whether it is spent only the sponsor knows.</summary>
internal static class PairingChecks
{
    /// <summary>On the new device, before it speaks with anybody.</summary>
    /// <param name="trust">the organisation's keys, where it knows them already; null: a person vouches for the sponsor</param>
    internal static PairingRefusal? JudgeAsNew(PairingToken token, PublicKey key, TrustRoot? trust, RevocationList? revoked, DateTimeOffset now) =>
        !token.IsSignedBySponsor ? Altered(token)
        : token.Code != PairingCode.Of(key) ? ForAnother(token)
        : JudgeSponsor(token.Sponsor, trust, revoked, now) ?? JudgeTime(token, now);

    /// <summary>On the sponsor, whose own clock wrote the times.</summary>
    /// <param name="key">that the new device has proven to hold</param>
    internal static PairingRefusal? JudgeAsSponsor(PairingToken token, PublicKey key, PairingSponsor self, DateTimeOffset now) =>
        !token.Blob.IsSignedBy(self.Key.PublicKey, SignatureContext.PairingToken) ? Altered(token)
        : token.Code != PairingCode.Of(key) ? ForAnother(token)
        : JudgeSponsor(self.Certificate, self.Trust.Newest, self.Revoked, now)
            ?? (now > token.ExpiresAt ? Refused(PairingRefusalCode.Expired, $"The invitation expired at {token.ExpiresAt:u}: it was good for {(token.ExpiresAt - token.IssuedAt).TotalMinutes:0} minutes. {Again}") : null);

    /// <summary>Whether a device may pair another as things stand.</summary>
    internal static PairingRefusal? JudgeSponsor(DeviceCertificate sponsor, TrustRoot? trust, RevocationList? revoked, DateTimeOffset now) =>
        sponsor.IsProvisional ? Refused(PairingRefusalCode.SponsorProvisional, $"{sponsor.Name} was paired itself, and is not registered yet: only a registered device may pair another.")
        : trust is not null && !sponsor.IsVouchedFor(trust) ? Refused(PairingRefusalCode.SponsorUntrusted, $"The certificate of {sponsor.Name} is not signed by the registration service that is known here.")
        : sponsor.ValidityAt(now) != CertificateValidity.Valid ? Refused(PairingRefusalCode.SponsorExpired, $"The certificate of {sponsor.Name} is good from {sponsor.IssuedAt:u} until {sponsor.ExpiresAt:u}, and here it is {now:u}.")
        : revoked?.Revokes(sponsor) == true ? Refused(PairingRefusalCode.SponsorRevoked, $"{sponsor.Name} was revoked: it may pair no device.")
        : null;

    internal const string Again = "Make a new one there: openshare pair invite CODE";

    // Two clocks: what is between them is allowed for, and said where it is too much.
    private static PairingRefusal? JudgeTime(PairingToken token, DateTimeOffset now) =>
        now + ClockSkew.Allowed < token.IssuedAt
            ? Refused(PairingRefusalCode.NotYet, $"The invitation was made at {token.IssuedAt:u} by the clock of {token.Sponsor.Name}, and here it is only {now:u}. Set the clock that is wrong, and try again.")
        : now - ClockSkew.Allowed > token.ExpiresAt
            ? Refused(PairingRefusalCode.Expired, $"The invitation expired at {token.ExpiresAt:u} by the clock of {token.Sponsor.Name}, and here it is {now:u}. If that is wrong, set this clock. {Again}")
        : null;

    private static PairingRefusal Altered(PairingToken token) =>
        Refused(PairingRefusalCode.Altered, $"The invitation is not signed by {token.Sponsor.Name}, whose name it bears: it was altered. Copy it again, whole.");

    private static PairingRefusal ForAnother(PairingToken token) =>
        Refused(PairingRefusalCode.ForAnotherKey, $"The invitation is for the device with the code {token.Code}, not for this one. See this one's code with: openshare pair show");

    private static PairingRefusal Refused(PairingRefusalCode code, string detail) => new(code, detail);
}
