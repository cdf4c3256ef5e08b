using Microsoft.AspNetCore.Http.HttpResults;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Telemetry;

namespace OpenShare.Registration.Http;

/// <summary>Refusals as Problem Details (RFC 9457): a stable type for programs, a detail in plain words for people.</summary>
internal static class Problems
{
    private static readonly Dictionary<string, (int Status, string Title)> Known = new()
    {
        [RegistrationProblems.BadToken] = (StatusCodes.Status401Unauthorized, "The registration token is not valid"),
        [RegistrationProblems.BadSession] = (StatusCodes.Status401Unauthorized, "The session is not valid"),
        [RegistrationProblems.LoginUnavailable] = (StatusCodes.Status503ServiceUnavailable, "Logins cannot be verified at the moment"),
        [RegistrationProblems.TokenUsed] = (StatusCodes.Status403Forbidden, "The registration token was used already"),
        [RegistrationProblems.TokenExpired] = (StatusCodes.Status403Forbidden, "The registration token has expired"),
        [RegistrationProblems.EndorsementRefused] = (StatusCodes.Status403Forbidden, "The endorsement is not taken"),
        [RegistrationProblems.PromotionWaiting] = (StatusCodes.Status403Forbidden, "An administrator has not said yes yet"),
        [RegistrationProblems.QuotaExceeded] = (StatusCodes.Status403Forbidden, "The account has as many devices as it may"),
        [RegistrationProblems.MalformedBody] = (StatusCodes.Status400BadRequest, "The request is malformed"),
        [RegistrationProblems.KeyNotProven] = (StatusCodes.Status403Forbidden, "The device did not prove that the key is its own"),
        [RegistrationProblems.DeviceIdTaken] = (StatusCodes.Status409Conflict, "The device id is taken"),
        [RegistrationProblems.DeviceUnknown] = (StatusCodes.Status404NotFound, "The device is not known"),
        [RegistrationProblems.DeviceRevoked] = (StatusCodes.Status403Forbidden, "The device was revoked"),
        [RegistrationProblems.CertificateExpired] = (StatusCodes.Status403Forbidden, "The device's certificate has expired"),
        [RegistrationProblems.DeltaUnavailable] = (StatusCodes.Status404NotFound, "There is no such delta"),
        [RegistrationProblems.NotAuthorized] = (StatusCodes.Status401Unauthorized, "The admin credential is missing or wrong"),
        [RegistrationProblems.RoleInsufficient] = (StatusCodes.Status403Forbidden, "The role does not allow this"),
        [RegistrationProblems.TokenUnknown] = (StatusCodes.Status404NotFound, "The registration token is not known"),
        [RegistrationProblems.AdminUnknown] = (StatusCodes.Status404NotFound, "The administrator is not known"),
        [RegistrationProblems.RootOffline] = (StatusCodes.Status409Conflict, "The root key is kept offline"),
        [RegistrationProblems.AnswerRefused] = (StatusCodes.Status409Conflict, "This is not the answer that is waited for"),
        [RegistrationProblems.TooManyRequests] = (StatusCodes.Status429TooManyRequests, "Too many requests"),
        [RegistrationProblems.SigningUnavailable] = (StatusCodes.Status503ServiceUnavailable, "The service cannot sign at the moment"),
        [RegistrationProblems.DatabaseUnavailable] = (StatusCodes.Status503ServiceUnavailable, "The service cannot reach its database at the moment"),
        [RegistrationProblems.Internal] = (StatusCodes.Status500InternalServerError, "The service failed"),
    };

    public static ProblemHttpResult Of(Refusal refusal, int? status = null)
    {
        var (usual, title) = Known[refusal.Code];
        ServiceMetrics.Refused(refusal.Code);
        return TypedResults.Problem(
            detail: refusal.Detail, statusCode: status ?? usual, title: title, type: RegistrationProblems.TypePrefix + refusal.Code);
    }

    /// <summary>What every problem of a kind has, and what routing refuses before any of our code is asked.</summary>
    public static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (problem.Status == StatusCodes.Status429TooManyRequests)
            context.HttpContext.Response.Headers.RetryAfter = "1";
        if (problem.Status != StatusCodes.Status415UnsupportedMediaType)
            return;
        problem.Type = RegistrationProblems.TypePrefix + RegistrationProblems.MalformedBody;
        problem.Detail = "Send the request as application/json.";
    }

    /// <summary>The value with this status, or the refusal as a problem.</summary>
    public static IResult ToResult<T>(this Outcome<T> outcome, int status = StatusCodes.Status200OK) => outcome switch
    {
        Outcome<T>.Done done => TypedResults.Json(done.Value, RegistrationJson.Options, statusCode: status),
        Outcome<T>.Refused refused => Of(refused.Refusal),
        _ => throw new InvalidOperationException(),
    };
}
