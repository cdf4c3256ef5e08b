using Microsoft.AspNetCore.Diagnostics;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Http;

/// <summary>What a request is answered that fails by no fault of its own.</summary>
internal static class Failures
{
    private const int ClientClosedRequest = 499;

    /// <summary>What the service needs is away, or whoever asked is: one line in the log, since there may be thousands of such requests a minute.</summary>
    public static async Task AnswerExpectedAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (UserError failure) when (!http.Response.HasStarted)
        {
            RequestLog.Explain(http, failure);
            await Problems.Of(Away(failure, OwnerSocket.IsUsedBy(http))).ExecuteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
        {
            http.Response.StatusCode = ClientClosedRequest;
        }
    }

    /// <summary>Anything else, which the log tells in full.</summary>
    public static async Task AnswerSurpriseAsync(HttpContext http)
    {
        var problem = http.Features.Get<IExceptionHandlerFeature>()?.Error is BadHttpRequestException bad
            ? Problems.Of(JsonBody.Malformed("The request is not well-formed HTTP."), bad.StatusCode)
            : Problems.Of(new Refusal(RegistrationProblems.Internal, "The service failed on this request; its log says why. Try again later."));
        await problem.ExecuteAsync(http);
    }

    // Where the database and the keys are is the owner's business alone.
    private static Refusal Away(UserError failure, bool isOwner) => failure is DatabaseAway
        ? new(RegistrationProblems.DatabaseUnavailable, isOwner ? failure.Message : "The service cannot reach its database at the moment. Try again later; its log says why.")
        // Signing is all else that can fail so while it serves.
        : new(RegistrationProblems.SigningUnavailable, isOwner ? failure.Message : "The service cannot sign at the moment, since its keys are out of its reach. Try again later; its log says why.");
}
