using OpenShare.Protocol.Registration;
using OpenShare.Registration.Http;

namespace OpenShare.Registration.Administration.Access;

/// <summary>
/// Tells who makes a request (the owner by their socket, others by the bearer credential they show, or else by their certificate), and
/// whether they may.
/// </summary>
/// <param name="certificates">null: none counts</param>
internal sealed class AdminAccess(AdminCredential credential, AdminTokens tokens, AdminCertificates? certificates, TimeProvider time)
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
        : BearerHeader.Read(http.Request) is { } shown ? await tokens.FindAsync(shown, http.RequestAborted)
        : NameInCertificate(http) is { } name ? await tokens.FindByNameAsync(name, http.RequestAborted)
        : null;

    private string? NameInCertificate(HttpContext http) =>
        certificates is not null && http.Connection.ClientCertificate is { } certificate && !IsAnotherSites(http.Request)
            ? certificates.NameIn(certificate, time.GetUtcNow())
            : null;

    // A browser shows the certificate whoever has it ask, and says so. Whoever is no browser says nothing.
    private static bool IsAnotherSites(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");
}
