using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using OpenShare.Registration.Http;

namespace OpenShare.Registration.AdminPage;

/// <summary>
/// The page on which people administer the service in a browser. It is files alone: what it shows and does goes over /v1/admin, by the
/// token of whoever sits there.
/// </summary>
internal static class AdminPageEndpoints
{
    public const string Path = "/admin";

    /// <summary>Nothing but the page's own files, in no frame; what a device is called runs nowhere.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The folder of the files among the assembly's resources.</summary>
    private const string Folder = "admin/";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).ExcludeFromDescription().RequireRateLimiting(RateLimits.Reads);
        MapFile(group, "/", "admin.html", "text/html; charset=utf-8");
        MapFile(group, "/admin.css", "admin.css", "text/css; charset=utf-8");
        foreach (var script in (string[])["admin.js", "api.js", "audit.js", "devices.js", "dom.js", "tokens.js"])
            MapFile(group, "/" + script, script, "text/javascript; charset=utf-8");
    }

    private static void MapFile(RouteGroupBuilder group, string path, string file, string type)
    {
        var bytes = Read(Folder + file);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"");
        group.MapGet(path, (HttpContext http) =>
        {
            var headers = http.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            // Asked about each time: after an upgrade no old script speaks with a new service.
            headers.CacheControl = "no-cache";
            return TypedResults.Bytes(bytes, type, entityTag: tag);
        });
    }

    private static byte[] Read(string resource)
    {
        using var stream = typeof(AdminPageEndpoints).Assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
