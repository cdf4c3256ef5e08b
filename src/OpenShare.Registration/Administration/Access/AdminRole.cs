namespace OpenShare.Registration.Administration.Access;

/// <summary>What somebody who administers a service may do.</summary>
internal enum AdminRole
{
    /// <summary>Reads all there is to read, and changes nothing.</summary>
    Auditor,

    /// <summary>Gives out registration tokens; lists and revokes devices.</summary>
    Registrar,

    /// <summary>Everything.</summary>
    Admin,
}

internal static class AdminRoles
{
    public static string Name(this AdminRole role) => role.ToString().ToLowerInvariant();

    public static AdminRole? Parse(string text) => Enum.GetValues<AdminRole>().Cast<AdminRole?>().FirstOrDefault(r => r!.Value.Name() == text);
}
