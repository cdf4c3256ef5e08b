using OpenShare.Protocol.Identity;

namespace OpenShare.Registration.Storage;

/// <summary>An account: whose devices find each other by its discovery key.</summary>
internal sealed class AccountRow
{
    public required string Name { get; init; }

    /// <summary>32 random bytes that only the account's devices get.</summary>
    public required byte[] DiscoveryKey { get; set; }

    /// <summary>One more with each revocation of one of its devices.</summary>
    public long DiscoveryKeyVersion { get; set; } = 1;

    /// <summary>The key as it was issued; null until somebody asks for the first one.</summary>
    public byte[]? SignedDiscoveryKey { get; set; }

    /// <summary>How many devices may be registered at once; null is the service's default.</summary>
    public int? Quota { get; set; }

    public static AccountRow New(AccountId account, IRandomSource random) => new() { Name = account.Value, DiscoveryKey = random.Bytes(Protocol.Discovery.DiscoveryKey.Size) };
}

/// <summary>A device with its newest certificate. It stays for life: a revoked device keeps its number.</summary>
internal sealed class DeviceRow
{
    public required long DeviceNo { get; init; }
    public required string DeviceId { get; init; }
    public required string Account { get; init; }
    public required byte[] PublicKey { get; init; }
    public required string Name { get; set; }
    public required string Platform { get; set; }
    public required string AppVersion { get; set; }
    public required DateTimeOffset RegisteredAt { get; init; }
    public required long Serial { get; set; }
    public required byte[] Certificate { get; set; }
    public required DateTimeOffset CertificateExpiresAt { get; set; }

    /// <summary>The version of the revocation list that first named this device.</summary>
    public long? RevokedInVersion { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
    public string? RevokeReason { get; set; }
}

/// <summary>A registration token: the hash of its secret, never the secret.</summary>
internal sealed class TokenRow
{
    public required byte[] SecretHash { get; init; }
    public required string Account { get; init; }
    public string? Name { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required int UsesLeft { get; set; }
}

/// <summary>Which device a token's use went to, so that a lost answer can be given again.</summary>
internal sealed class TokenUseRow
{
    public required byte[] SecretHash { get; init; }
    public required long DeviceNo { get; init; }
    public required DateTimeOffset UsedAt { get; init; }
}

/// <summary>An endorsement that a paired device was registered for, or that its sponsor has taken back or an administrator turned away, by the hash of the provisional certificate that is it.</summary>
internal sealed class EndorsementRow
{
    public required byte[] Hash { get; init; }

    /// <summary>The device that gave it.</summary>
    public required long SponsorNo { get; init; }

    /// <summary>null: it was not used</summary>
    public long? DeviceNo { get; init; }
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>null: it was not taken back, or after it was used</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>null: no administrator has said no to it</summary>
    public DateTimeOffset? TurnedAwayAt { get; init; }
    public string? TurnedAwayReason { get; init; }
}

/// <summary>A paired device that is to be registered once an administrator has said yes. What it is admitted for is this endorsement, and no other.</summary>
internal sealed class PromotionRow
{
    public required string Account { get; init; }
    public required string DeviceId { get; init; }

    /// <summary>As the device is called, in its own words.</summary>
    public required string Name { get; set; }

    /// <summary>The device that vouches for it.</summary>
    public required long SponsorNo { get; set; }

    /// <summary>The provisional certificate, whose rules hold again at the yes, and its hash.</summary>
    public required byte[] Endorsement { get; set; }
    public required byte[] Hash { get; set; }
    public required DateTimeOffset AskedAt { get; set; }

    /// <summary>When the endorsement has come to its end.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary>null: it waits</summary>
    public DateTimeOffset? AdmittedAt { get; set; }
}

/// <summary>A paired device that was revoked and is not registered: it has no number.</summary>
internal sealed class RevokedIdRow
{
    public required string DeviceId { get; init; }
    public required DateTimeOffset RevokedAt { get; init; }
}

internal sealed class RevocationListRow
{
    public required long Version { get; init; }
    public required byte[] Signed { get; set; }
}

/// <summary>A line of the audit log as it was signed.</summary>
internal sealed class AuditLineRow
{
    public required long Number { get; init; }
    public required byte[] Signed { get; init; }
}

/// <summary>Somebody who administers the service from elsewhere: the hash of their token, never the token. It stays when it is revoked.</summary>
internal sealed class AdminTokenRow
{
    public required string Name { get; init; }
    public required string Role { get; init; }
    public required byte[] SecretHash { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>null: without an end</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }
}

internal sealed class TrustRootRow
{
    public required long Version { get; init; }
    public required byte[] Link { get; init; }
}

/// <summary>The next trust root as root keys elsewhere were last asked to sign it. Nobody believes it before they have.</summary>
internal sealed class RootRequestRow
{
    public required long Version { get; init; }
    public required byte[] Next { get; init; }
}

/// <summary>A number that only grows and has no gaps: it is drawn in the transaction that uses it.</summary>
internal sealed class CounterRow
{
    public const string DeviceNo = "device_no";
    public const string Serial = "serial";
    public const string RevocationList = "crl_version";
    public const string AuditLine = "audit_line";

    public required string Name { get; init; }
    public required long Value { get; set; }
}

/// <summary>A random value of the service that outlives a restart.</summary>
internal sealed class SecretRow
{
    public const string ChallengeKey = "challenge_key";

    public required string Name { get; init; }
    public required byte[] Value { get; init; }
}
