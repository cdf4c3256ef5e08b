namespace OpenShare.Registration.Administration.Access;

/// <summary>Tells who makes a request: the owner by their socket, others by the bearer credential they show.</summary>
internal sealed class AdminAccess(AdminCredential credential, AdminTokens tokens)
{
    /// <returns>null: nobody who may administer anything</returns>
    public async Task<Caller?> WhoAsync(HttpContext http) =>
        OwnerSocket.IsUsedBy(http) ? Caller.Owner
        : credential.IsShownBy(http.Request) ? Caller.Credential
        : Http.BearerHeader.Read(http.Request) is { } shown ? await tokens.FindAsync(shown, http.RequestAborted)
        : null;
}
