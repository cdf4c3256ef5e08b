using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Handshake;

/// <summary>The checks on the other side's certificate, in the order that docs/protocol.md fixes; the first that fails names the refusal.</summary>
internal static class PeerChecks
{
    /// <param name="proves">whether the certificate's key signed the transcript: the last of the checks, and told of every refusal</param>
    /// <param name="certificate">the certificate it showed, where one could be read</param>
    internal static HandshakeFailure.Refused? Judge(
        HandshakeParty self, Authentication peer, Func<DeviceCertificate, bool> proves, DateTimeOffset now, out DeviceCertificate? certificate)
    {
        certificate = null;
        try
        {
            certificate = DeviceCertificate.Read(peer.Certificate ?? throw new ProtocolException("It showed no certificate."));
        }
        catch (ProtocolException error)
        {
            return new(RefusalCode.BadCertificate, error.Message);
        }
        var isKeyProven = proves(certificate);
        if (JudgeStanding(self, certificate, now) is { } refused)
            return refused with { IsKeyProven = isKeyProven, Instance = isKeyProven ? InstanceId.FromBytes(peer.Instance.Span) : InstanceId.None };
        return isKeyProven ? null : new(RefusalCode.BadSignature, $"It could not prove that it holds the key of {certificate.Name}.", certificate);
    }

    /// <summary>The checks that may come out otherwise later, for a peer that has proven itself.</summary>
    internal static HandshakeFailure.Refused? JudgeStanding(HandshakeParty self, DeviceCertificate shown, DateTimeOffset now) =>
        Judge(self, shown, self.Floor.At(now)) is var (code, detail) ? new(code, detail, shown) : null;

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
        if (self.Revoked is { } list && list.Revokes(shown.DeviceId))
            return (RefusalCode.Revoked, $"{shown.Name} was revoked.");
        if (self.Duplicates.Contains(shown.DeviceId))
            return (RefusalCode.Duplicate, $"Two devices claim to be {shown.Name}; both are refused until that is resolved.");
        if (shown.DeviceId == self.Certificate.DeviceId)
            return (RefusalCode.Duplicate, $"{shown.Name} is this device itself, or a copy of its key.");
        if (self.Suspected.Contains(shown.DeviceId))
            return (RefusalCode.Suspected, $"Two places announce {shown.Name}, and are asked to prove it: a moment later it may be spoken with again.");
        return null;
    }
}
