using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Handshake;

/// <summary>The checks on the other side's certificate, in the order that docs/protocol.md fixes; the first that fails names the refusal.</summary>
internal static class PeerChecks
{
    /// <param name="proves">whether the certificate's key signed the transcript: the last of the checks, and told of every refusal</param>
    /// <param name="certificate">the certificate it showed, where one could be read</param>
    internal static HandshakeFailure.Refused? Judge(
        HandshakeParty self, Authentication peer, Authentication.Types.Purpose purpose, Func<DeviceCertificate, bool> proves, DateTimeOffset now,
        out DeviceCertificate? certificate)
    {
        if (Read(peer, out certificate) is { } unreadable)
            return unreadable;
        var isKeyProven = proves(certificate!);
        if (JudgeStanding(self, certificate!, now) is { } refused)
            return refused with { IsKeyProven = isKeyProven, Instance = isKeyProven ? InstanceId.FromBytes(peer.Instance.Span) : InstanceId.None };
        return isKeyProven ? JudgeOwnList(self, purpose, certificate!, now) : Unproven(certificate!);
    }

    /// <summary>The check in a handshake for pairing: the key alone, which the caller compares with the one it expects.</summary>
    internal static HandshakeFailure.Refused? JudgeKey(Authentication peer, Func<DeviceCertificate, bool> proves, out DeviceCertificate? certificate) =>
        Read(peer, out certificate) ?? (proves(certificate!) ? null : Unproven(certificate!));

    /// <summary>The checks that may come out otherwise later, for a peer that has proven itself.</summary>
    internal static HandshakeFailure.Refused? JudgeStanding(HandshakeParty self, DeviceCertificate shown, DateTimeOffset now) =>
        Judge(self, shown, self.Floor.At(now)) is var (code, detail) ? new(code, detail, shown) : null;

    // Nothing about the peer. In a probe each side shows its list and no more: that is how this one may get a newer one.
    private static HandshakeFailure.Refused? JudgeOwnList(HandshakeParty self, Authentication.Types.Purpose purpose, DeviceCertificate shown, DateTimeOffset now)
    {
        if (self.StaleList == StaleListRule.Warn || purpose == Authentication.Types.Purpose.Probe || self.Revoked?.IsStaleAt(self.Floor.At(now)) == false)
            return null;
        var why = self.Revoked is { } list ? $"is past its time, {list.NextUpdate:u}" : "is still to come";
        return new(RefusalCode.StaleList, $"The list of revoked devices that {self.Certificate.Name} goes by {why}: until it has a newer one it speaks with nobody.", shown) { IsKeyProven = true };
    }

    private static HandshakeFailure.Refused? Read(Authentication peer, out DeviceCertificate? certificate)
    {
        certificate = null;
        try
        {
            certificate = DeviceCertificate.Read(peer.Certificate ?? throw new ProtocolException("It showed no certificate."));
            return null;
        }
        catch (ProtocolException error)
        {
            return new(RefusalCode.BadCertificate, error.Message);
        }
    }

    private static HandshakeFailure.Refused Unproven(DeviceCertificate shown) =>
        new(RefusalCode.BadSignature, $"It could not prove that it holds the key of {shown.Name}.", shown);

    private static (RefusalCode Code, string Detail)? Judge(HandshakeParty self, DeviceCertificate shown, DateTimeOffset now)
    {
        if (!shown.IsVouchedFor(self.Trust.Newest))
            return (RefusalCode.BadCertificate, $"The certificate of {shown.Name} is not signed by this organisation's registration service.");
        if (shown.Account != self.Certificate.Account)
            return (RefusalCode.WrongAccount, $"{shown.Name} belongs to the account {shown.Account}, not to {self.Certificate.Account}.");
        if (shown.ValidityAt(now) == CertificateValidity.Expired)
            return (RefusalCode.Expired, $"The certificate of {shown.Name} expired on {shown.ExpiresAt:u}.");
        if (shown.ValidityAt(now) == CertificateValidity.NotYet)
            return (RefusalCode.Expired, $"The certificate of {shown.Name} begins on {shown.IssuedAt:u}, and here it is {now:u}: one of the two clocks is wrong.");
        if (self.Revoked is { } list && list.Revokes(shown))
            return (RefusalCode.Revoked, $"{shown.Name} was revoked.");
        if (shown.Sponsor is { } sponsor && JudgeProvisional(self, shown, sponsor) is { } objection)
            return objection;
        if (self.Duplicates.Contains(shown.DeviceId))
            return (RefusalCode.Duplicate, $"Two devices claim to be {shown.Name}; both are refused until that is resolved.");
        if (shown.DeviceId == self.Certificate.DeviceId)
            return (RefusalCode.Duplicate, $"{shown.Name} is this device itself, or a copy of its key.");
        if (self.Suspected.Contains(shown.DeviceId))
            return (RefusalCode.Suspected, $"Two places announce {shown.Name}, and are asked to prove it: a moment later it may be spoken with again.");
        return null;
    }

    private static (RefusalCode Code, string Detail)? JudgeProvisional(HandshakeParty self, DeviceCertificate shown, DeviceCertificate sponsor) =>
        self.Revoked is { } list && list.Revokes(sponsor)
            ? (RefusalCode.Revoked, $"{shown.Name} was paired by {sponsor.Name}, which was revoked: that ended it.")
        : GivenCertificate.Of(shown) is { } given && self.Withdrawn.Contains(given)
            ? (RefusalCode.Withdrawn, $"{shown.Name} was paired by {sponsor.Name}, which has withdrawn that.")
        : shown.Scope == ProvisionalScope.Sponsor && sponsor.DeviceId != self.Certificate.DeviceId
            ? (RefusalCode.OutOfScope, $"{shown.Name} was paired to speak with {sponsor.Name} alone.")
        : null;
}
