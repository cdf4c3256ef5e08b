using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>A provisional certificate by its hash, and the device that gave it: none but that one takes it back.</summary>
/// <param name="Sha256">of its payload, in hex digits</param>
public readonly record struct GivenCertificate(string Sha256, DeviceId Sponsor)
{
    /// <returns>null: it is not provisional</returns>
    public static GivenCertificate? Of(DeviceCertificate certificate) =>
        certificate.Sponsor is { } sponsor ? new GivenCertificate(certificate.PayloadSha256, sponsor.DeviceId) : null;
}

/// <summary>
/// A sponsor's word that it has taken a provisional certificate back. Devices hand it on to each other until the certificate
/// would have ended. Parsed is not trusted: <see cref="IsVerifiedBy"/> is asked for that.
/// </summary>
public sealed class Withdrawal
{
    /// <summary>That one device keeps of one sponsor, and hands on at once.</summary>
    public const int Most = 64;

    private Withdrawal(Signed blob, WithdrawalPayload payload)
    {
        Blob = blob;
        Sponsor = DeviceCertificate.Read(payload.Sponsor ?? throw new ProtocolException("This withdrawal does not name the device that made it."));
        if (payload.CertificateSha256.Length != 32)
            throw new ProtocolException("This withdrawal does not name a certificate.");
        Certificate = new GivenCertificate(Convert.ToHexStringLower(payload.CertificateSha256.Span), Sponsor.DeviceId);
        ExpiresAt = UnixTime.Read(payload.ExpiresAt, "end of a certificate");
    }

    /// <summary>The withdrawal as it travels.</summary>
    public Signed Blob { get; }

    public GivenCertificate Certificate { get; }

    public DeviceCertificate Sponsor { get; }

    /// <summary>When the certificate would have ended: this is of no use to anybody then.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <param name="key">of the sponsor's certificate</param>
    /// <param name="sha256">of the payload of the certificate that is taken back, in hex digits</param>
    public static Withdrawal Create(ISigner key, DeviceCertificate sponsor, string sha256, DateTimeOffset expiresAt) =>
        Read(SignedBlobs.Sign(key, SignatureContext.Withdrawal, new WithdrawalPayload
        {
            CertificateSha256 = ByteString.CopyFrom(Convert.FromHexString(sha256)),
            ExpiresAt = expiresAt.ToUnixTimeSeconds(),
            Sponsor = sponsor.Blob,
        }));

    /// <exception cref="ProtocolException">damaged, or too large</exception>
    public static Withdrawal Read(Signed blob) => blob.Payload.Length <= Limits.Withdrawal
        ? new Withdrawal(blob, Messages.Parse(WithdrawalPayload.Parser, blob.Payload.Span, "withdrawal"))
        : throw new ProtocolException("This withdrawal is too large.");

    /// <summary>Those of an offer that count here and still do; the others are nobody's.</summary>
    public static IReadOnlyList<Withdrawal> Verified(IEnumerable<Signed> offered, TrustRoot trust, AccountId account, DateTimeOffset now)
    {
        List<Withdrawal> good = [];
        foreach (var blob in offered.Take(Most))
        {
            try
            {
                if (Read(blob) is var read && read.IsVerifiedBy(trust, account, now))
                    good.Add(read);
            }
            catch (ProtocolException)
            {
                // Whoever sends such a thing is told nothing by it.
            }
        }
        return good;
    }

    /// <summary>True when a registered device of the account signed it, and what it names could still be good.</summary>
    public bool IsVerifiedBy(TrustRoot trust, AccountId account, DateTimeOffset now) =>
        !Sponsor.IsProvisional && Sponsor.Account == account && Sponsor.IsVouchedFor(trust) && Blob.IsSignedBy(Sponsor.PublicKey, SignatureContext.Withdrawal)
        && ExpiresAt + ClockSkew.Allowed >= now && ExpiresAt - now <= DeviceCertificate.LongestProvisional + ClockSkew.Allowed;
}
