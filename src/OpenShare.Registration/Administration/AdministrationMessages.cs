using OpenShare.Protocol.Identity;
using OpenShare.Registration.Audit;

namespace OpenShare.Registration.Administration;

/// <summary>What an administrator asks and is shown; the JSON of `--json` and of the owner's socket.</summary>
internal static class AdministrationMessages
{
    /// <param name="Role">admin, registrar or auditor</param>
    public sealed record Me(string Name, string Role);

    public sealed record CreateToken(string AccountId, int Uses, long TtlSeconds, string? Name = null);

    public sealed record TokenCreated(string Token, string AccountId, int Uses, DateTimeOffset ExpiresAt, string? Name = null);

    /// <param name="Id">the first 16 digits of its secret's SHA-256</param>
    /// <param name="Uses">that it has left</param>
    public sealed record Token(string Id, string AccountId, int Uses, DateTimeOffset ExpiresAt, string? Name = null);

    public sealed record TokenList(IReadOnlyList<Token> Tokens);

    public sealed record TokenRevoked(string Id, string AccountId, string? Name = null);

    /// <param name="State">active, expired or revoked</param>
    public sealed record Device(
        string DeviceId, string AccountId, string Name, string Platform, string AppVersion, long DeviceNo, long Serial, string State,
        DateTimeOffset RegisteredAt, DateTimeOffset CertExpiresAt, DateTimeOffset? RevokedAt = null, string? RevokeReason = null);

    /// <param name="Account">null for every account's</param>
    /// <param name="Search">what is in the name, the id or the account; null for anything</param>
    /// <param name="After">the number after which they begin</param>
    /// <param name="Most">1 to <see cref="MostDevices"/></param>
    public sealed record DeviceQuestion(AccountId? Account = null, string? Search = null, long After = 0, int Most = MostDevices);

    /// <summary>Devices in one answer.</summary>
    public const int MostDevices = 1000;

    /// <param name="Next">after which number there are more; null: there are none</param>
    public sealed record DeviceList(IReadOnlyList<Device> Devices, long? Next = null);

    /// <param name="Paired">it may be one that was paired and is not registered, named by its whole id</param>
    public sealed record RevokeDevice(string? Reason = null, bool Paired = false);

    public sealed record DeviceRevoked(string DeviceId, string Name, ulong CrlVersion);

    /// <summary>A device that was paired and asks to be registered.</summary>
    /// <param name="Sponsor">the device that vouches for it</param>
    /// <param name="Until">when that counts no more</param>
    /// <param name="State">waiting, or admitted, and it has not come since</param>
    public sealed record Promotion(
        string DeviceId, string AccountId, string Name, string Sponsor, string SponsorName, DateTimeOffset Since, DateTimeOffset Until, string State);

    public sealed record PromotionList(IReadOnlyList<Promotion> Promotions);

    /// <param name="AccountId">null: whichever it asks for</param>
    public sealed record AdmitDevice(string? AccountId = null);

    public sealed record TurnAway(string? AccountId = null, string? Reason = null);

    /// <summary>Whom an administrator has admitted or turned away.</summary>
    public sealed record Promoted(string DeviceId, string AccountId, string Name, string Sponsor);

    public sealed record SetQuota(int Quota);

    /// <param name="Devices">devices registered and not revoked</param>
    public sealed record Quota(string AccountId, int Devices, [property: System.Text.Json.Serialization.JsonPropertyName("quota")] int Limit);

    public sealed record QuotaList(IReadOnlyList<Quota> Quotas);

    /// <param name="State">
    /// signs; kept for what it signed; elsewhere, and not held by this service, which for a root key is offline; or withdrawn, and still here
    /// </param>
    /// <param name="Place">where it is, if this service holds it</param>
    public sealed record Key(string Role, string KeyId, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string State, string? Place = null);

    /// <param name="Version">of the trust root that lists them</param>
    public sealed record KeyList(uint Version, IReadOnlyList<Key> Keys);

    /// <param name="Role">issuing, crl or root</param>
    /// <param name="Withdraw">nothing that the key before it signed is to count any more</param>
    public sealed record RotateKey(string Role, bool Withdraw = false);

    /// <param name="NotRemoved">what is to be done by hand, since a root key that is withdrawn could not be removed</param>
    public sealed record KeyRotated(string Role, string KeyId, string Replaced, bool Withdrawn, uint TrustRootVersion, string? NotRemoved = null);

    /// <param name="Role">issuing, crl or root</param>
    /// <param name="Withdraw">nothing that the key before it signed is to count any more; a root key is always withdrawn</param>
    /// <param name="RootKey">the public root key that was made offline, as base64url; null: the service makes the key</param>
    public sealed record RequestRotation(string Role, bool Withdraw = false, string? RootKey = null);

    public sealed record AuditShown(IReadOnlyList<AuditLine> Lines);

    /// <param name="Problems">the first ones of what does not hold</param>
    public sealed record AuditVerdict(bool Holds, long Lines, IReadOnlyList<string> Problems);

    /// <param name="Role">admin, registrar or auditor</param>
    /// <param name="TtlSeconds">null: without an end</param>
    public sealed record CreateAdmin(string Name, string Role, long? TtlSeconds = null);

    /// <param name="Token">a secret, so the record prints without it</param>
    public sealed record AdminCreated(string Token, string Name, string Role, DateTimeOffset? ExpiresAt = null)
    {
        public override string ToString() => $"{nameof(AdminCreated)} {{ {Name}, {Role} }}";
    }

    /// <param name="State">active, expired or revoked</param>
    public sealed record Administrator(string Name, string Role, string State, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt = null);

    public sealed record AdminList(IReadOnlyList<Administrator> Admins);

    public sealed record AdminRevoked(string Name);
}
