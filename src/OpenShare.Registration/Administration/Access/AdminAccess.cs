using OpenShare.Protocol.Registration;

namespace OpenShare.Registration.Administration.Access;

/// <summary>Tells who makes a request (the owner by their socket, others by the bearer credential they show), and whether they may.</summary>
internal sealed class AdminAccess(AdminCredential credential, AdminTokens tokens)
{
    /// <param name="roles">those whom it is for, beside admins</param>
    public async Task<Outcome<Caller>> RequireAsync(HttpContext http, params AdminRole[] roles) => await WhoAsync(http) switch
    {
        null => AdminCredential.Missing,
        { Role: AdminRole.Admin } admin => admin,
        var caller when roles.Contains(caller.Role) => caller,
        var caller => new Refusal(RegistrationProblems.RoleInsufficient, $"'{caller.Name}' has the role {caller.Role.Name()}, which does not allow this."),
    };

    /// <returns>null: nobody who may administer anything</returns>
    private async Task<Caller?> WhoAsync(HttpContext http) =>
        OwnerSocket.IsUsedBy(http) ? Caller.Owner
        : credential.IsShownBy(http.Request) ? Caller.Credential
        : Http.BearerHeader.Read(http.Request) is { } shown ? await tokens.FindAsync(shown, http.RequestAborted)
        : null;
}
