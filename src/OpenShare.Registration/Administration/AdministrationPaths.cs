namespace OpenShare.Registration.Administration;

internal static class AdministrationPaths
{
    public const string Root = "/owner";
    public const string Tokens = "/tokens";
    public const string Devices = "/devices";
    public const string Quotas = "/quotas";
    public const string Keys = "/keys";
    public const string KeyRotation = "/keys/rotation";
    public const string Audit = "/audit";
    public const string AuditVerdict = "/audit/verdict";
}
