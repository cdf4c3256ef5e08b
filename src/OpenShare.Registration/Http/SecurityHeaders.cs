namespace OpenShare.Registration.Http;

/// <summary>
/// What browsers are told of each answer that says nothing else of itself. No Strict-Transport-Security: it would hold for
/// everything else that the same machine serves on other ports.
/// </summary>
internal static class SecurityHeaders
{
    public static Task AddAsync(HttpContext http, RequestDelegate next)
    {
        // At the last moment: a failure takes away what was set before it.
        http.Response.OnStarting(() =>
        {
            var headers = http.Response.Headers;
            headers.TryAdd("X-Content-Type-Options", "nosniff");
            headers.TryAdd("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
            headers.TryAdd("Referrer-Policy", "no-referrer");
            headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
            return Task.CompletedTask;
        });
        return next(http);
    }
}
