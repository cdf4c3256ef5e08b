using OpenShare.Protocol.Registration;
using OpenShare.Registration.Http;

namespace OpenShare.Registration.Issuing;

internal static class IssuingEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost(RegistrationPaths.Challenge, (Challenges challenges) => TypedResults.Json(challenges.Issue(), RegistrationJson.Options))
            .WithName("challenge")
            .WithSummary("A nonce for a proof of possession, good for five minutes.")
            .Produces<RegistrationMessages.Challenge>()
            .RequireRateLimiting(RateLimits.Writes);

        app.MapPost(RegistrationPaths.Register, async (HttpContext http, Admissions admissions, DeviceRegistration registration) =>
            {
                var body = await JsonBody.ReadAsync<RegistrationMessages.RegisterRequest>(http.Request);
                var answer = await body.ThenAsync(async request =>
                    await (await admissions.ReadAsync(http.Request, http.RequestAborted))
                        .ThenAsync(admission => registration.RegisterAsync(request, admission, http.RequestAborted)));
                return answer.ToResult(StatusCodes.Status201Created);
            })
            .WithName("register")
            .WithSummary("Registers a device with a one-time token (Authorization: Bearer SECRET) or a session (Bearer JWT), and a proof that it holds its key.")
            .Accepts<RegistrationMessages.RegisterRequest>("application/json")
            .Produces<RegistrationMessages.RegisterResponse>(StatusCodes.Status201Created)
            .ProducesProblems(400, 401, 403, 409, 429, 503)
            .RequireRateLimiting(RateLimits.Writes);

        app.MapPost(RegistrationPaths.Promote, async (HttpContext http, Endorsements endorsements, DeviceRegistration registration) =>
            {
                var body = await JsonBody.ReadAsync<RegistrationMessages.PromoteRequest>(http.Request);
                var answer = await body.ThenAsync(request => endorsements.Read(request.Endorsement)
                    .ThenAsync(admission => registration.RegisterAsync(request.Device, admission, http.RequestAborted)));
                return answer.ToResult(StatusCodes.Status201Created);
            })
            .WithName("promote")
            .WithSummary("Registers a device that a registered one has paired: its provisional certificate stands in for a token.")
            .Accepts<RegistrationMessages.PromoteRequest>("application/json")
            .Produces<RegistrationMessages.RegisterResponse>(StatusCodes.Status201Created)
            .ProducesProblems(400, 403, 409, 429, 503)
            .RequireRateLimiting(RateLimits.Writes);

        app.MapPost(RegistrationPaths.Renew, async (HttpContext http, DeviceRenewal renewal) =>
            {
                var body = await JsonBody.ReadAsync<RegistrationMessages.RenewRequest>(http.Request);
                return (await body.ThenAsync(request => renewal.RenewAsync(request, http.RequestAborted))).ToResult();
            })
            .WithName("renew")
            .WithSummary("The next certificate of a registered device, before its certificate expires.")
            .Accepts<RegistrationMessages.RenewRequest>("application/json")
            .Produces<RegistrationMessages.RegisterResponse>()
            .ProducesProblems(400, 403, 404, 429, 503)
            .RequireRateLimiting(RateLimits.Writes);

        MapWithdrawal(app);
        MapDiscoveryKey(app);
    }

    private static void MapWithdrawal(IEndpointRouteBuilder app) =>
        app.MapPost(RegistrationPaths.Withdraw, async (HttpContext http, EndorsementWithdrawals withdrawals) =>
            {
                var body = await JsonBody.ReadAsync<RegistrationMessages.WithdrawRequest>(http.Request);
                return (await body.ThenAsync(request => withdrawals.TakeAsync(request, http.RequestAborted))).ToResult();
            })
            .WithName("withdraw")
            .WithSummary("A provisional certificate that the device which gave it has taken back: nobody is registered for it any more.")
            .Accepts<RegistrationMessages.WithdrawRequest>("application/json")
            .Produces<RegistrationMessages.WithdrawResponse>()
            .ProducesProblems(400, 403, 429, 503)
            .RequireRateLimiting(RateLimits.Writes);

    private static void MapDiscoveryKey(IEndpointRouteBuilder app) =>
        app.MapPost(RegistrationPaths.DiscoveryKey, async (HttpContext http, DiscoveryKeyHandout handout) =>
            {
                var body = await JsonBody.ReadAsync<RegistrationMessages.DiscoveryKeyRequest>(http.Request);
                http.Response.Headers.CacheControl = "no-store";
                return (await body.ThenAsync(request => handout.AnswerAsync(request, http.RequestAborted))).ToResult();
            })
            .WithName("discovery-key")
            .WithSummary("The newest discovery key of the device's account. It is made anew whenever a device of the account is revoked.")
            .Accepts<RegistrationMessages.DiscoveryKeyRequest>("application/json")
            .Produces<RegistrationMessages.DiscoveryKeyResponse>()
            .ProducesProblems(400, 403, 404, 429, 503)
            .RequireRateLimiting(RateLimits.Writes);

    public static RouteHandlerBuilder ProducesProblems(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            route.ProducesProblem(status);
        return route;
    }
}
