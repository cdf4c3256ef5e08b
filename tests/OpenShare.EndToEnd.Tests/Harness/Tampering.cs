using Google.Protobuf;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>What can be done to a certificate without the issuing key.</summary>
internal static class Tampering
{
    public static Signed Rename(Signed certificate) => Alter(certificate, p => p.DeviceName = "the boss");

    public static Signed MoveTo(Signed certificate, string account) => Alter(certificate, p => p.AccountId = account);

    public static Signed Prolong(Signed certificate) => Alter(certificate, p => p.ExpiresAt += 10 * 365 * 86_400L);

    public static Signed BreakSignature(Signed certificate)
    {
        var bytes = certificate.Signature.ToByteArray();
        bytes[5] ^= 1;
        return new Signed(certificate) { Signature = ByteString.CopyFrom(bytes) };
    }

    /// <summary>The same contents under the signature of somebody who is no issuer.</summary>
    public static Signed IssueBySelf(Signed certificate) =>
        SignedBlobs.Sign(SigningKey.Create(new SystemRandom()), SignatureContext.Certificate, certificate.Payload.ToByteArray());

    private static Signed Alter(Signed certificate, Action<CertificatePayload> alter)
    {
        var payload = CertificatePayload.Parser.ParseFrom(certificate.Payload);
        alter(payload);
        return new Signed(certificate) { Payload = payload.ToByteString() };
    }
}
