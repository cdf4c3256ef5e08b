using Microsoft.Net.Http.Headers;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Http;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Telemetry;

namespace OpenShare.Registration.Revocation;

internal static class RevocationEndpoints
{
    /// <summary>How long a request may wait for a newer list.</summary>
    public const int MaxWaitSeconds = 60;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost(RegistrationPaths.Revoke, async (HttpContext http, AdminAccess access, RevocationLists lists) =>
            {
                var answer = await (await access.RequireAsync(http, AdminRole.Registrar)).ThenAsync(async caller =>
                    await (await JsonBody.ReadAsync<RegistrationMessages.RevokeRequest>(http.Request)).ThenAsync(async request => DeviceId.TryParse(request.DeviceId, out var id)
                        ? await lists.RevokeAsync(id, request.Reason, caller, http.RequestAborted)
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
                if (ReadWait(after, wait) is not { } asked)
                    return Problems.Of(JsonBody.Malformed($"after is a version of the revocation list, and wait is 0 to {MaxWaitSeconds} seconds."));
                using var cancel = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping);
                return await AnswerAsync(http, publisher, asked.After, asked.Wait, cancel.Token);
            })
            .WithName("crl")
            .WithSummary("The signed revocation list. With after=VERSION and wait=SECONDS the answer waits for a newer one, 60 seconds at most.")
            .Produces<RegistrationMessages.RevocationListResponse>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(400, 429)
            .RequireRateLimiting(RateLimits.Reads);
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, Publisher publisher, ulong? after, TimeSpan wait, CancellationToken cancel)
    {
        // Shutting down ends the wait, not the answer: whoever waits learns the list as it is.
        var list = publisher.Current;
        if (after is not null && wait > TimeSpan.Zero)
        {
            ServiceMetrics.Waiting(1);
            try
            {
                // A list signed anew has the same version and another ETag, and is news too.
                list = await publisher.WaitAsync(l => l.List.Version > after || HasOther(http.Request, l), wait, cancel);
            }
            catch (OperationCanceledException)
            {
                list = publisher.Current;
            }
            finally
            {
                ServiceMetrics.Waiting(-1);
            }
        }
        http.Response.Headers.ETag = list.ETag;
        http.Response.Headers.CacheControl = "no-cache";
        return Holds(http.Request, list) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Bytes(list.Body, "application/json");
    }

    private static bool HasOther(HttpRequest request, PublishedList list) =>
        request.Headers.IfNoneMatch.Count > 0 && !Holds(request, list);

    private static bool Holds(HttpRequest request, PublishedList list) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var tags)
        && tags.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(new EntityTagHeaderValue(list.ETag), useStrongComparison: false));

    private static (ulong? After, TimeSpan Wait)? ReadWait(string? after, string? wait)
    {
        ulong version = 0;
        var seconds = 0;
        var isGood = (after is null || ulong.TryParse(after, out version)) && (wait is null || int.TryParse(wait, out seconds))
            && seconds is >= 0 and <= MaxWaitSeconds;
        return isGood ? (after is null ? null : version, TimeSpan.FromSeconds(seconds)) : null;
    }
}
