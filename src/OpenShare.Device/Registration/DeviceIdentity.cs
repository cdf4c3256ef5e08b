using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Registration;

/// <summary>What makes a device one of its organisation's: its key, its certificate, and what it judges others by.</summary>
/// <param name="Chain">the trust roots it has followed</param>
/// <param name="DiscoveryKeys">shared by the account's devices: what they announce themselves under</param>
public sealed record DeviceIdentity(
    ISigner Key,
    DeviceCertificate Certificate,
    TrustChain Chain,
    DiscoveryKeys DiscoveryKeys,
    Uri Server)
{
    /// <summary>How the registration service proves itself: "sha256:HEX" or authorities as PEM; null: by the trust root.</summary>
    public string? ServerTrust { get; init; }

    public DeviceId DeviceId => Certificate.DeviceId;

    public TrustRoot Trust => Chain.Newest;

    /// <summary>What this device knows, as it is announced.</summary>
    /// <param name="revocationList">its version; 0 where none is held</param>
    internal NewsTag NewsWith(ulong revocationList) => NewsTag.Of(DiscoveryKeys.Current.Span, Trust.Version, revocationList);

    /// <summary>True when the key that issued the certificate was withdrawn: other devices refuse it, and it is good for renewal only.</summary>
    public bool IsWithdrawn => !Certificate.IsVouchedFor(Trust);

    /// <summary>What other devices make of this one.</summary>
    /// <param name="now">no lower than the device's <see cref="TimeFloor"/></param>
    internal PeerTrust TrustAt(DateTimeOffset now, RevocationList? revoked) =>
        Certificate.ValidityAt(now) == CertificateValidity.Expired || IsWithdrawn ? PeerTrust.Expired
        : revoked?.Revokes(Certificate) == true || (Certificate.Sponsor is { } sponsor && revoked?.Revokes(sponsor) == true) ? PeerTrust.Revoked
        : Certificate.IsProvisional ? PeerTrust.Provisional
        : PeerTrust.Certified;
}
