using System.Net;
using OpenShare.Agent.Api;
using OpenShare.Agent.Documents;

namespace OpenShare.Agent.Ui;

/// <summary>
/// What every request by the loopback port passes, before anything else. Against other pages in the same browser: the Host is this port's own
/// (DNS rebinding), the Origin of what changes something is this page's (CSRF), the cookie is SameSite=Strict, and nobody may frame or embed a page.
/// Against other users of the machine: the session's secret.
/// </summary>
internal sealed class UiGuard(UiDoor door)
{
    internal const string Opening = "/open";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>Of the port: browsers give a cookie to every port of a host, and two agents are two sessions.</summary>
    internal static string CookieOf(int port) => $"openshare-{port}";

    internal async Task Invoke(HttpContext http, RequestDelegate next)
    {
        // The socket of the home has no address: its owner's commands come in there.
        if (http.Connection.LocalIpAddress is not { } local)
        {
            await next(http);
            return;
        }
        var port = http.Connection.LocalPort;
        Headers(http.Response.Headers);
        if (!IPAddress.IsLoopback(local) || !IsOwnHost(http.Request.Host, port) || !IsOwnOrigin(http.Request, port))
        {
            await Refuse(http, "This request was made for another page.");
            return;
        }
        if (http.Request.Path == Opening && HttpMethods.IsGet(http.Request.Method))
        {
            await Open(http, port);
            return;
        }
        if (!door.IsOpenTo(http.Request.Cookies[CookieOf(port)]))
        {
            await Refuse(http, "This page is closed to whoever has no link to it. Open it with: openshare ui");
            return;
        }
        await next(http);
    }

    private async Task Open(HttpContext http, int port)
    {
        if (door.Open(http.Request.Query["key"].ToString()) is not { } session)
        {
            await Refuse(http, "This link was used already, or is older than two minutes. Open the page with: openshare ui");
            return;
        }
        http.Response.Cookies.Append(CookieOf(port), session, new CookieOptions
        {
            HttpOnly = true,
            SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Strict,
            Path = "/",
            MaxAge = UiDoor.SessionLifetime,
        });
        // No redirect: what a page elsewhere has led to, as the file of openshare ui does, gets no strict cookie, redirects included. This page leads on itself.
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync($"<!doctype html><title>OpenShare</title><meta http-equiv=\"refresh\" content=\"0;url=/{Fragment(http.Request.Query["page"].ToString())}\">", http.RequestAborted);
    }

    /// <summary>Lower-case letters of a selection's id, after the page's name and a hyphen.</summary>
    internal const int SelectionLength = 24;

    private static string Fragment(string page) => page.Length is > 0 and <= 40 && page.All(c => char.IsAsciiLetterLower(c) || c == '-') ? "#" + page : "";

    private static void Headers(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(self)";
    }

    private static bool IsOwnHost(HostString host, int port) => host.Port == port && host.Host is "127.0.0.1" or "localhost";

    // Browsers name the origin of what may change something; a program that does not is none of this page's.
    private static bool IsOwnOrigin(HttpRequest request, int port) =>
        request.Headers.Origin.ToString() is var origin && origin.Length == 0
            ? HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
            : origin == $"http://{request.Host}" && request.Host.Port == port;

    private static Task Refuse(HttpContext http, string why)
    {
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        if (http.Request.Path.StartsWithSegments("/v1"))
            return Reply.Problem(http, ProblemCodes.Forbidden, why);
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(why);
    }
}
