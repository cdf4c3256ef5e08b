using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Http;

namespace OpenShare.Registration.Administration;

/// <summary>One request to administer, by somebody who may make it.</summary>
internal sealed record AdministrationCall(HttpContext Http, Caller Caller, IAdministration Admin)
{
    public CancellationToken Cancel => Http.RequestAborted;

    /// <param name="roles">whom it is for, beside admins</param>
    public static void Map<T>(RouteGroupBuilder group, string method, string path, AdminRole[] roles, Func<AdministrationCall, Task<Outcome<T>>> answer) =>
        group.MapMethods(path, [method], async (HttpContext http, AdminAccess access, LocalAdministration administration) =>
        {
            // Answers have tokens in them, and what an organisation has is nobody else's business.
            http.Response.Headers.CacheControl = "no-store";
            return (await (await access.RequireAsync(http, roles)).ThenAsync(caller => answer(new AdministrationCall(http, caller, administration.For(caller))))).ToResult();
        });

    public string Route(string name) => (string)Http.Request.RouteValues[name]!;

    /// <returns>null: it is not there</returns>
    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var values) ? values.ToString() : null;
}
