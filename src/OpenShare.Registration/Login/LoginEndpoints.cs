using OpenShare.Protocol.Registration;
using OpenShare.Registration.Http;
using OpenShare.Registration.Issuing;

namespace OpenShare.Registration.Login;

/// <summary>What a device needs to have a person log in. Without an issuer there is none of it.</summary>
internal static class LoginEndpoints
{
    public static void Map(IEndpointRouteBuilder app, LoginOptions options)
    {
        var where = new RegistrationMessages.LoginResponse(options.Issuer.Text, options.ClientId, options.Scopes);
        app.MapGet(RegistrationPaths.Login, () => TypedResults.Json(where, RegistrationJson.Options))
            .WithName("login")
            .WithSummary("Where people log in to register their devices: an OpenID Connect issuer, and what a device is to it.")
            .Produces<RegistrationMessages.LoginResponse>()
            .RequireRateLimiting(RateLimits.Reads);

        app.MapGet(RegistrationPaths.LoginAccount, async (HttpContext http, Sessions sessions) =>
            {
                http.Response.Headers.CacheControl = "no-store";
                var session = BearerHeader.Read(http.Request) is { } shown
                    ? await sessions.ReadAsync(shown, http.RequestAborted)
                    : new Refusal(RegistrationProblems.BadSession, "Send the session as 'Authorization: Bearer JWT'.");
                return session.Then<RegistrationMessages.LoginAccountResponse>(s => new RegistrationMessages.LoginAccountResponse(s.Account.Value)).ToResult();
            })
            .WithName("login-account")
            .WithSummary("The account whose devices a session (Authorization: Bearer JWT) may register.")
            .Produces<RegistrationMessages.LoginAccountResponse>()
            .ProducesProblems(401, 429, 503)
            .RequireRateLimiting(RateLimits.Writes);
    }
}
