namespace OpenShare.Registration.Administration.Access;

/// <summary>An administrator.</summary>
internal sealed record Caller(string Name, AdminRole Role) : Actor(Name)
{
    /// <summary>Whoever can open the owner's socket or the data directory.</summary>
    public static readonly Caller Owner = new("owner", AdminRole.Admin);

    /// <summary>Whoever shows the admin credential that the first run made.</summary>
    public static readonly Caller Credential = new("admin-credential", AdminRole.Admin);
}
