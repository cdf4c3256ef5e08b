using System.Collections.Frozen;
using System.Reflection;

namespace OpenShare.Agent.Ui;

/// <summary>The pages, as they lie in this program: no file of the disk is ever served.</summary>
internal static class UiPages
{
    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary();

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var assembly = typeof(UiPages).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("ui/", StringComparison.Ordinal)))
        {
            var path = name["ui".Length..];
            routes.MapGet(path == "/index.html" ? "/" : path, (RequestDelegate)(http => Serve(http, assembly, name)));
        }
    }

    private static async Task Serve(HttpContext http, Assembly assembly, string name)
    {
        http.Response.ContentType = Types[Path.GetExtension(name)];
        await using var content = assembly.GetManifestResourceStream(name)!;
        http.Response.ContentLength = content.Length;
        await content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
