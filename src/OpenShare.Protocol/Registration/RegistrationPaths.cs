namespace OpenShare.Protocol.Registration;

/// <summary>Where the registration service answers, and the stable codes of its Problem Details (RFC 9457).</summary>
public static class RegistrationPaths
{
    public const string Challenge = "/v1/device/challenge";
    public const string Register = "/v1/device/register";
    public const string Promote = "/v1/device/promote";
    public const string Withdraw = "/v1/device/withdraw";
    public const string Renew = "/v1/device/renew";
    public const string DiscoveryKey = "/v1/device/discovery-key";
    public const string Revoke = "/v1/device/revoke";
    public const string RevocationList = "/v1/crl";
    public const string RevocationDelta = "/v1/crl/delta";
    public const string TrustRoot = "/v1/trust-root";
    public const string Login = "/v1/login";
    public const string LoginAccount = "/v1/login/account";
    public const string Health = "/health";
    public const string Live = "/health/live";
    public const string Ready = "/health/ready";
    public const string OpenApi = "/openapi/v1.json";
}

/// <summary>The last part of a problem's <c>type</c>, which is <see cref="TypePrefix"/> and one of these.</summary>
public static class RegistrationProblems
{
    public const string TypePrefix = "urn:openshare:problem:";

    public const string BadToken = "bad-token";
    public const string BadSession = "bad-session";
    public const string LoginUnavailable = "login-unavailable";
    public const string TokenUsed = "token-used";
    public const string TokenExpired = "token-expired";
    public const string EndorsementRefused = "endorsement-refused";
    public const string PromotionWaiting = "promotion-waiting";
    public const string QuotaExceeded = "quota-exceeded";
    public const string MalformedBody = "malformed-body";
    public const string KeyNotProven = "key-not-proven";
    public const string DeviceIdTaken = "device-id-taken";
    public const string DeviceUnknown = "device-unknown";
    public const string DeviceRevoked = "device-revoked";
    public const string CertificateExpired = "certificate-expired";
    public const string DeltaUnavailable = "delta-unavailable";
    public const string NotAuthorized = "not-authorized";
    public const string RoleInsufficient = "role-insufficient";
    public const string TokenUnknown = "token-unknown";
    public const string AdminUnknown = "admin-unknown";
    public const string RootOffline = "root-offline";
    public const string AnswerRefused = "answer-refused";
    public const string TooManyRequests = "too-many-requests";
    public const string SigningUnavailable = "signing-unavailable";
    public const string DatabaseUnavailable = "database-unavailable";
    public const string Internal = "internal-error";
}
