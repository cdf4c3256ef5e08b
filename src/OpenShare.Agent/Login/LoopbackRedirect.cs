using System.Net;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace OpenShare.Agent.Login;

/// <summary>
/// Where the browser comes back to from the issuer: any free port of this machine's loopback address (RFC 8252 7.3). The first
/// request that knows the state is the answer; whatever else arrives is turned away, and waited past.
/// </summary>
internal sealed class LoopbackRedirect : IAsyncDisposable
{
    private const string Path = "/callback";
    private const int LongestRequestLine = 16 * 1024;

    // Browsers open connections that they may want later.
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource<LoginAnswer> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication _app;

    private LoopbackRedirect(WebApplication app) => _app = app;

    /// <summary>What the browser brings back, so that it is the answer to this very question (RFC 6749 10.12).</summary>
    internal string State { get; } = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    internal string Address => _app.Urls.Single() + Path;

    internal Task<LoginAnswer> Answered => _answered.Task;

    internal static async Task<LoopbackRedirect> ListenAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestLineSize = LongestRequestLine;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestStop);
        var app = builder.Build();
        var redirect = new LoopbackRedirect(app);
        app.Run(redirect.AnswerAsync);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        return redirect;
    }

    /// <summary>Stops when the page that is under way has been sent.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext http)
    {
        var query = http.Request.Query;
        if (!HttpMethods.IsGet(http.Request.Method) || http.Request.Path != Path)
            return PageAsync(http, StatusCodes.Status404NotFound, "There is nothing here.");
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(query["state"].ToString()), Encoding.ASCII.GetBytes(State)))
            return PageAsync(http, StatusCodes.Status400BadRequest, "This does not belong to the login that is waited for.");
        var answer = new LoginAnswer(Single("code"), Single("error"), Single("iss"));
        if (!_answered.TrySetResult(answer))
            return PageAsync(http, StatusCodes.Status409Conflict, "This login has been answered already.");
        return PageAsync(http, StatusCodes.Status200OK, answer.Error is null
            ? "You have logged in. You can close this window: OpenShare goes on where you began."
            : "The login did not work out. You can close this window: OpenShare says more where you began.");

        string? Single(string name) => query[name] is [{ Length: > 0 } value] ? value : null;
    }

    private static Task PageAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = $"{MediaTypeNames.Text.Html}; charset=utf-8";
        // The address holds a code: it is neither kept nor told to anybody.
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        http.Response.Headers.Connection = "close";
        return http.Response.WriteAsync($"<!doctype html><html lang=\"en\"><title>OpenShare</title><p>{text}</p></html>\n", http.RequestAborted);
    }
}

/// <summary>What the browser brought back.</summary>
/// <param name="Issuer">that says it answered (RFC 9207)</param>
internal sealed record LoginAnswer(string? Code, string? Error, string? Issuer)
{
    public override string ToString() => nameof(LoginAnswer);
}
