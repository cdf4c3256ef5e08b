namespace OpenShare.Registration.Administration;

internal static class AdministrationPaths
{
    /// <summary>Below which they are on the owner's socket.</summary>
    public const string Owner = "/owner";

    /// <summary>Below which they are over HTTPS.</summary>
    public const string Https = "/v1/admin";

    /// <summary>Who asks.</summary>
    public const string Me = "/me";

    public const string Tokens = "/tokens";
    public const string Devices = "/devices";
    public const string Promotions = "/promotions";
    public const string Quotas = "/quotas";
    public const string Keys = "/keys";
    public const string KeyRotation = "/keys/rotation";
    public const string KeyRotationRequest = "/keys/rotation/request";
    public const string KeyRotationAnswer = "/keys/rotation/answer";
    public const string Audit = "/audit";
    public const string Admins = "/admins";
    public const string AuditVerdict = "/audit/verdict";
}
