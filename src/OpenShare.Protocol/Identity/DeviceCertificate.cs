using Google.Protobuf;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Identity;

/// <summary>
/// A device's certificate, parsed: well formed, its device id belonging to its key. Parsed is not trusted:
/// <see cref="IsVouchedFor"/> and <see cref="ValidityAt"/> are asked for that.
/// </summary>
public sealed class DeviceCertificate
{
    public const uint CurrentVersion = 1;

    private DeviceCertificate(Signed blob, CertificatePayload payload)
    {
        Blob = blob;
        if (payload.Version != CurrentVersion)
            throw new ProtocolException($"This certificate is of version {payload.Version}; this program knows version {CurrentVersion}. Update OpenShare.");
        Serial = payload.Serial;
        DeviceNo = payload.DeviceNo;
        PublicKey = PublicKey.FromBytes(payload.PubkeyEd25519.Span);
        DeviceId = DeviceId.FromBytes(payload.DeviceId.Span);
        if (DeviceId != DeviceId.FromPublicKey(PublicKey.Bytes))
            throw new ProtocolException("This certificate's device id does not belong to its key.");
        Account = AccountId.Parse(payload.AccountId);
        if (!Printable.IsDeviceName(payload.DeviceName))
            throw new ProtocolException("This certificate's device name is empty, too long, or has control characters.");
        Name = payload.DeviceName;
        IssuedAt = UnixTime.Read(payload.IssuedAt, "issue time");
        ExpiresAt = UnixTime.Read(payload.ExpiresAt, "expiry time");
    }

    /// <summary>The certificate as it travels.</summary>
    public Signed Blob { get; }

    public ulong Serial { get; }

    /// <summary>Dense, growing, one per device for life.</summary>
    public ulong DeviceNo { get; }

    public DeviceId DeviceId { get; }

    public AccountId Account { get; }

    public PublicKey PublicKey { get; }

    public string Name { get; }

    public DateTimeOffset IssuedAt { get; }

    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Issues a certificate, backdated by the allowed clock skew.</summary>
    public static DeviceCertificate Issue(
        ISigner issuing, ulong serial, ulong deviceNo, PublicKey device, AccountId account, string name, DateTimeOffset now, TimeSpan lifetime)
    {
        var payload = new CertificatePayload
        {
            Version = CurrentVersion,
            Serial = serial,
            DeviceNo = deviceNo,
            DeviceId = ByteString.CopyFrom(DeviceId.FromPublicKey(device.Bytes).ToBytes()),
            AccountId = account.Value,
            PubkeyEd25519 = ByteString.CopyFrom(device.Bytes),
            DeviceName = name,
            IssuedAt = (now - ClockSkew.Allowed).ToUnixTimeSeconds(),
            ExpiresAt = (now + lifetime).ToUnixTimeSeconds(),
        };
        return Read(SignedBlobs.Sign(issuing, SignatureContext.Certificate, payload));
    }

    /// <exception cref="ProtocolException">damaged, of an unknown version, or with an id that is not its key's</exception>
    public static DeviceCertificate Read(Signed blob)
    {
        if (blob.Payload.Length > Limits.HandshakeFrame)
            throw new ProtocolException("This certificate is too large.");
        return new DeviceCertificate(blob, Messages.Parse(CertificatePayload.Parser, blob.Payload.Span, "certificate"));
    }

    /// <exception cref="ProtocolException">as <see cref="Read(Signed)"/>, or not base64url</exception>
    public static DeviceCertificate Parse(string text) => Read(SignedBlobs.Parse(text, "certificate"));

    /// <summary>True when an issuing key of the trust root, valid when this was issued, signed it.</summary>
    public bool IsVouchedFor(TrustRoot trust) =>
        trust.Vouches(TrustKey.Types.Role.Issuing, Blob, SignatureContext.Certificate, IssuedAt + ClockSkew.Allowed);

    public CertificateValidity ValidityAt(DateTimeOffset now) =>
        now + ClockSkew.Allowed < IssuedAt ? CertificateValidity.NotYet
        : now - ClockSkew.Allowed > ExpiresAt ? CertificateValidity.Expired
        : CertificateValidity.Valid;
}

public enum CertificateValidity
{
    NotYet,
    Valid,
    Expired,
}
