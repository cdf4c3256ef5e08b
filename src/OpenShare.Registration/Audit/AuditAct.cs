using System.Text.Json.Serialization;

namespace OpenShare.Registration.Audit;

/// <summary>What the service did, as an auditor reads it. A closed set: each kind has its name in the log.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(LogBegan), "log_began")]
[JsonDerivedType(typeof(CertificateIssued), "certificate_issued")]
[JsonDerivedType(typeof(CertificateRenewed), "certificate_renewed")]
[JsonDerivedType(typeof(EndorsementWithdrawn), "endorsement_withdrawn")]
[JsonDerivedType(typeof(PromotionAdmitted), "promotion_admitted")]
[JsonDerivedType(typeof(PromotionTurnedAway), "promotion_turned_away")]
[JsonDerivedType(typeof(DeviceRevoked), "device_revoked")]
[JsonDerivedType(typeof(KeyRotated), "key_rotated")]
[JsonDerivedType(typeof(TokenCreated), "token_created")]
[JsonDerivedType(typeof(TokenRevoked), "token_revoked")]
[JsonDerivedType(typeof(QuotaSet), "quota_set")]
[JsonDerivedType(typeof(AdminCreated), "admin_created")]
[JsonDerivedType(typeof(AdminRevoked), "admin_revoked")]
internal abstract record AuditAct
{
    private AuditAct() { }

    /// <summary>The first line: what was there before, and has no lines.</summary>
    /// <param name="Serial">the last certificate's</param>
    /// <param name="ListVersion">of the revocation list</param>
    /// <param name="TrustRoot">its version</param>
    public sealed record LogBegan(long Serial, long ListVersion, uint TrustRoot) : AuditAct;

    /// <summary>At a registration: for a token, or to somebody who has logged in.</summary>
    public sealed record CertificateIssued(string Account, string DeviceId, string Name, long DeviceNo, long Serial) : AuditAct;

    /// <summary>For a device that proved its key.</summary>
    public sealed record CertificateRenewed(string Account, string DeviceId, string Name, long DeviceNo, long Serial) : AuditAct;

    /// <summary>A device took back the provisional certificate that it had given another, before that one was registered for it.</summary>
    /// <param name="Certificate">SHA-256 of its payload</param>
    public sealed record EndorsementWithdrawn(string Account, string Sponsor, string Certificate) : AuditAct;

    /// <summary>An administrator said yes to a paired device, which gets its certificate when it asks next.</summary>
    /// <param name="Sponsor">the device that vouches for it</param>
    public sealed record PromotionAdmitted(string Account, string DeviceId, string Name, string Sponsor) : AuditAct;

    /// <summary>An administrator said no to a paired device, for what it showed.</summary>
    public sealed record PromotionTurnedAway(string Account, string DeviceId, string Name, string Sponsor, string? Reason = null) : AuditAct;

    public sealed record DeviceRevoked(string Account, string DeviceId, string Name, long DeviceNo, long ListVersion, string? Reason = null) : AuditAct;

    /// <param name="Role">issuing, crl or root</param>
    /// <param name="Replaced">the key before it</param>
    /// <param name="TrustRoot">the version that lists the new key: the lines after this one are signed under it</param>
    public sealed record KeyRotated(string Role, string KeyId, string Replaced, bool Withdrawn, uint TrustRoot) : AuditAct;

    public sealed record TokenCreated(string Account, int Uses, DateTimeOffset ExpiresAt, string? Name = null) : AuditAct;

    /// <param name="Token">the first 16 digits of its secret's SHA-256</param>
    /// <param name="Uses">that it had left</param>
    public sealed record TokenRevoked(string Account, string Token, int Uses, string? Name = null) : AuditAct;

    public sealed record QuotaSet(string Account, int Quota) : AuditAct;

    /// <param name="Role">admin, registrar or auditor</param>
    public sealed record AdminCreated(string Name, string Role, DateTimeOffset? ExpiresAt = null) : AuditAct;

    public sealed record AdminRevoked(string Name) : AuditAct;
}
