using Microsoft.AspNetCore.Http.HttpResults;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Http;
using OpenShare.Registration.Issuing;

namespace OpenShare.Registration.Revocation;

internal static class RevocationEndpoints
{
    private const string Immutable = "public, max-age=31536000, immutable";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost(RegistrationPaths.Revoke, async (HttpContext http, AdminAccess access, RevocationLists lists) =>
            {
                var answer = await (await access.RequireAsync(http, AdminRole.Registrar)).ThenAsync(async caller =>
                    await (await JsonBody.ReadAsync<RegistrationMessages.RevokeRequest>(http.Request)).ThenAsync(async request => DeviceId.TryParse(request.DeviceId, out var id)
                        ? await lists.RevokeAsync(id, request.Reason, request.Paired, caller, http.RequestAborted)
                        : JsonBody.Malformed("A device id is 32 hex digits.")));
                return answer.ToResult();
            })
            .WithName("revoke")
            .WithSummary("Revokes a device; the caller shows the admin credential, or the token of an admin or registrar (Authorization: Bearer). Revoking it again changes nothing.")
            .Accepts<RegistrationMessages.RevokeRequest>("application/json")
            .Produces<RegistrationMessages.RevokeResponse>()
            .ProducesProblems(400, 401, 403, 404, 429, 503)
            .RequireRateLimiting(RateLimits.Writes);

        app.MapGet(RegistrationPaths.RevocationList, async (HttpContext http, Publisher publisher, IHostApplicationLifetime life, string? after, string? wait) =>
            {
                if (ListQuestion.Read(after, wait) is not { } asked)
                    return Problems.Of(JsonBody.Malformed($"after is a version of the revocation list, and wait is 0 to {ListQuestion.MaxWaitSeconds} seconds."));
                var list = await asked.AwaitAsync(http, publisher, life.ApplicationStopping);
                return Answer(http, list, "no-cache", list.Body);
            })
            .WithName("crl")
            .WithSummary("The signed revocation list. With after=VERSION and wait=SECONDS the answer waits for a newer one, 60 seconds at most.")
            .Produces<RegistrationMessages.RevocationListResponse>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(400, 429)
            .RequireRateLimiting(RateLimits.Reads);

        app.MapGet(RegistrationPaths.RevocationDelta, DeltaAsync)
            .WithName("crl-delta")
            .WithSummary("What makes the newest revocation list of the one of version from, and waits for a newer one as crl does. With to=VERSION and issued=SECONDS, which name another, the answer is for that, and never changes.")
            .Produces<RegistrationMessages.RevocationDeltaResponse>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(400, 404, 429, 503)
            .RequireRateLimiting(RateLimits.Reads);
    }

    private static async Task<IResult> DeltaAsync(
        HttpContext http, Publisher publisher, RevocationDeltas deltas, IHostApplicationLifetime life, string? from, string? wait, string? to, string? issued)
    {
        if (ListQuestion.Read(from, wait) is not { Held: { } held and > 0 } asked)
            return Problems.Of(JsonBody.Malformed($"from is a version of the revocation list, and wait is 0 to {ListQuestion.MaxWaitSeconds} seconds."));
        var list = await asked.AwaitAsync(http, publisher, life.ApplicationStopping);
        if (to is null && issued is null)
            return held > list.List.Version ? NoDelta(Newest(list)) : await NewestDeltaAsync(http, deltas, held, list, "no-cache");
        if (!ulong.TryParse(to, out var later) || later < held || !long.TryParse(issued, out var at))
            return Problems.Of(JsonBody.Malformed("to is the version of a list that is not older than from, and issued the Unix second in which it was signed."));
        if ((later, at) == (list.List.Version, list.List.IssuedAt.ToUnixTimeSeconds()))
            return await NewestDeltaAsync(http, deltas, held, list, Immutable);
        if (later >= list.List.Version || await deltas.BodyAsync(held, later, at) is not { } body)
            return NoDelta($"There was no list {to} that was issued at {issued}, or what has changed is longer than a delta may be. {Newest(list)}");
        http.Response.Headers.CacheControl = Immutable;
        return TypedResults.Bytes(body, "application/json");
    }

    private static async Task<IResult> NewestDeltaAsync(HttpContext http, RevocationDeltas deltas, ulong held, PublishedList newest, string caching)
    {
        if (ListQuestion.Holds(http.Request, newest))
            return Answer(http, newest, "no-cache", []);
        return await deltas.BodyAsync(held, newest) is { } body
            ? Answer(http, newest, caching, body)
            : NoDelta($"What has changed since list {held} is longer than a delta may be.");
    }

    private static string Newest(PublishedList list) => $"The newest list here is of version {list.List.Version}, issued at {list.List.IssuedAt.ToUnixTimeSeconds()}.";

    private static ProblemHttpResult NoDelta(string why) =>
        Problems.Of(new Refusal(RegistrationProblems.DeltaUnavailable, $"{why} Ask for the whole list: {RegistrationPaths.RevocationList}"));

    private static IResult Answer(HttpContext http, PublishedList list, string caching, byte[] body)
    {
        http.Response.Headers.ETag = list.ETag;
        http.Response.Headers.CacheControl = caching;
        return ListQuestion.Holds(http.Request, list) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Bytes(body, "application/json");
    }
}
