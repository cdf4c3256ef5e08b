using OpenShare.Protocol.Identity;
using OpenShare.Registration.Administration;
using Serilog.AspNetCore;
using Serilog.Events;

namespace OpenShare.Registration.Http;

/// <summary>One line for each request that changes something or fails: who asked for what, without query, headers or body, and what came of it.</summary>
internal static class RequestLog
{
    /// <summary>Characters of a method and of a path. All that is served is shorter.</summary>
    private const int Shown = 160;

    public static void Configure(RequestLoggingOptions options, Serilog.ILogger log)
    {
        // Else it would be the process's common one, which nobody sets.
        options.Logger = log;
        options.MessageTemplate = "HTTP {RequestMethod} {RequestPath} of {Client:l} responded {StatusCode} in {Elapsed:0.0} ms{Reason:l}";
        options.GetLevel = (http, _, error) => error is not null ? LogEventLevel.Error : Level(http);
        // Whoever asks writes these two: unprinted line ends would be lines of the log, and escape sequences a terminal's orders.
        options.GetMessageTemplateProperties = (http, path, elapsed, status) =>
        [
            new LogEventProperty("RequestMethod", new ScalarValue(Printable.Shorten(http.Request.Method, Shown))),
            new LogEventProperty("RequestPath", new ScalarValue(Printable.Shorten(path, Shown))),
            new LogEventProperty("StatusCode", new ScalarValue(status)),
            new LogEventProperty("Elapsed", new ScalarValue(elapsed)),
        ];
        options.EnrichDiagnosticContext = (line, http) =>
        {
            line.Set("Client", OwnerSocket.IsUsedBy(http) ? "owner" : http.Connection.RemoteIpAddress?.ToString());
            line.Set("Reason", http.Features.Get<UserError>() is { } failure ? ": " + failure.Message : "");
        };
    }

    /// <summary>For the line of this request.</summary>
    public static void Explain(HttpContext http, UserError failure) => http.Features.Set(failure);

    private static LogEventLevel Level(HttpContext http) =>
        http.Response.StatusCode >= StatusCodes.Status500InternalServerError ? LogEventLevel.Error
        // Whoever asks too much, or what nothing is for, must not fill the disk either; and polls come by thousands a second.
        : http.Response.StatusCode == StatusCodes.Status429TooManyRequests || HttpMethods.IsGet(http.Request.Method) || Unanswered.Is(http) ? LogEventLevel.Debug
        : LogEventLevel.Information;
}
