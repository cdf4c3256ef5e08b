using OpenShare.Registration.Administration;
using Serilog.AspNetCore;
using Serilog.Events;

namespace OpenShare.Registration.Http;

/// <summary>One line for each request that changes something or fails: who asked for what, without query, headers or body, and what came of it.</summary>
internal static class RequestLog
{
    public static void Configure(RequestLoggingOptions options, Serilog.ILogger log)
    {
        // Else it would be the process's common one, which nobody sets.
        options.Logger = log;
        options.MessageTemplate = "HTTP {RequestMethod} {RequestPath} of {Client:l} responded {StatusCode} in {Elapsed:0.0} ms{Reason:l}";
        options.GetLevel = (http, _, error) => error is not null ? LogEventLevel.Error : Level(http.Request.Method, http.Response.StatusCode);
        options.EnrichDiagnosticContext = (line, http) =>
        {
            line.Set("Client", OwnerSocket.IsUsedBy(http) ? "owner" : http.Connection.RemoteIpAddress?.ToString());
            line.Set("Reason", http.Features.Get<UserError>() is { } failure ? ": " + failure.Message : "");
        };
    }

    /// <summary>For the line of this request.</summary>
    public static void Explain(HttpContext http, UserError failure) => http.Features.Set(failure);

    private static LogEventLevel Level(string method, int status) =>
        status >= StatusCodes.Status500InternalServerError ? LogEventLevel.Error
        // Whoever asks too much must not fill the disk either; and polls come by thousands a second.
        : status == StatusCodes.Status429TooManyRequests || HttpMethods.IsGet(method) ? LogEventLevel.Debug
        : LogEventLevel.Information;
}
