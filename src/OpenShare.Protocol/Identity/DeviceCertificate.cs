using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Identity;

/// <summary>
/// A device's certificate, parsed: well formed, its device id belonging to its key. Parsed is not trusted:
/// <see cref="IsVouchedFor"/> and <see cref="ValidityAt"/> are asked for that. The registration service issued it, or,
/// for some days and as provisional, a device that has one: its <see cref="Sponsor"/>.
/// </summary>
public sealed class DeviceCertificate
{
    public const uint CurrentVersion = 1;

    /// <summary>How long a provisional certificate may be good.</summary>
    public static readonly TimeSpan LongestProvisional = TimeSpan.FromDays(7);

    private DeviceCertificate(Signed blob, CertificatePayload payload, bool maySponsor)
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
        if (payload.Sponsor is { } sponsor)
            (Sponsor, Scope) = (ReadSponsor(sponsor, maySponsor), ReadScope(payload.Scope));
        // Never longer than the sponsor's own.
        if (Sponsor?.ExpiresAt < ExpiresAt)
            ExpiresAt = Sponsor.ExpiresAt;
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

    /// <summary>The device that vouches for this one until the registration service does; null: that service does.</summary>
    public DeviceCertificate? Sponsor { get; }

    public bool IsProvisional => Sponsor is not null;

    /// <summary>Of a provisional one.</summary>
    public ProvisionalScope Scope { get; }

    /// <summary>SHA-256 of its payload, in hex digits.</summary>
    public string PayloadSha256 => Convert.ToHexStringLower(SHA256.HashData(Blob.Payload.Span));

    /// <summary>The newest time in it to which a key of the organisation has put its name: a sponsor's clock is its own.</summary>
    public DateTimeOffset VouchedAt => Sponsor?.IssuedAt ?? IssuedAt;

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

    /// <summary>Issues a provisional one, in the sponsor's name and for its account.</summary>
    /// <param name="key">the sponsor's</param>
    /// <param name="serial">random: one that is taken back is told by it from the next for the same device</param>
    public static DeviceCertificate Sponsored(
        ISigner key, DeviceCertificate sponsor, ulong serial, PublicKey device, string name, ProvisionalScope scope, DateTimeOffset now, TimeSpan lifetime) =>
        Read(SignedBlobs.Sign(key, SignatureContext.Provisional, new CertificatePayload
        {
            Version = CurrentVersion,
            Serial = serial,
            DeviceId = ByteString.CopyFrom(DeviceId.FromPublicKey(device.Bytes).ToBytes()),
            AccountId = sponsor.Account.Value,
            PubkeyEd25519 = ByteString.CopyFrom(device.Bytes),
            DeviceName = name,
            IssuedAt = (now - ClockSkew.Allowed).ToUnixTimeSeconds(),
            ExpiresAt = (now + lifetime).ToUnixTimeSeconds(),
            Sponsor = sponsor.Blob,
            Scope = scope,
        }));

    /// <exception cref="ProtocolException">damaged, of an unknown version, or with an id that is not its key's</exception>
    public static DeviceCertificate Read(Signed blob) => Read(blob, maySponsor: true);

    /// <exception cref="ProtocolException">as <see cref="Read(Signed)"/>, or not base64url</exception>
    public static DeviceCertificate Parse(string text) => Read(SignedBlobs.Parse(text, "certificate"));

    /// <summary>
    /// True when an issuing key of the trust root, valid when this was issued, signed it; or, as provisional, a device whose
    /// certificate such a key signed.
    /// </summary>
    public bool IsVouchedFor(TrustRoot trust) => Sponsor is { } sponsor
        ? sponsor.IsVouchedFor(trust) && Blob.IsSignedBy(sponsor.PublicKey, SignatureContext.Provisional)
        : trust.Vouches(TrustKey.Types.Role.Issuing, Blob, SignatureContext.Certificate, IssuedAt + ClockSkew.Allowed);

    public CertificateValidity ValidityAt(DateTimeOffset now) =>
        now + ClockSkew.Allowed < IssuedAt ? CertificateValidity.NotYet
        : now - ClockSkew.Allowed > ExpiresAt ? CertificateValidity.Expired
        : CertificateValidity.Valid;

    private static DeviceCertificate Read(Signed blob, bool maySponsor)
    {
        if (blob.Payload.Length > Limits.HandshakeFrame)
            throw new ProtocolException("This certificate is too large.");
        return new DeviceCertificate(blob, Messages.Parse(CertificatePayload.Parser, blob.Payload.Span, "certificate"), maySponsor);
    }

    private static ProvisionalScope ReadScope(ProvisionalScope scope) => scope is ProvisionalScope.Account or ProvisionalScope.Sponsor
        ? scope
        : throw new ProtocolException($"This provisional certificate has scope {(int)scope}, which this program does not know. Update OpenShare.");

    private DeviceCertificate ReadSponsor(Signed blob, bool maySponsor)
    {
        if (!maySponsor)
            throw new ProtocolException("This provisional certificate was given by a device that has only a provisional one itself.");
        var sponsor = Read(blob, maySponsor: false);
        if (sponsor.Account != Account || sponsor.DeviceId == DeviceId)
            throw new ProtocolException("This provisional certificate names a sponsor of another account, or its own holder.");
        if (ExpiresAt - IssuedAt > LongestProvisional + ClockSkew.Allowed)
            throw new ProtocolException($"This provisional certificate is for longer than {LongestProvisional.TotalDays} days.");
        return sponsor;
    }
}

public enum CertificateValidity
{
    NotYet,
    Valid,
    Expired,
}
