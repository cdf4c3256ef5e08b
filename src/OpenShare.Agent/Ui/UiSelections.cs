using System.Security.Cryptography;
using OpenShare.Agent.Api;
using OpenShare.Agent.Documents;

namespace OpenShare.Agent.Ui;

/// <summary>
/// What a file manager has handed over to be sent, until its device is chosen on the page. The page's address has its id and no path, and nothing is
/// sent before the person chooses: an address that somebody else made up leads nowhere.
/// </summary>
internal sealed class UiSelections(TimeProvider time)
{
    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    internal const int Most = 16;
    internal const int MostPaths = 10_000;

    private readonly Lock _lock = new();
    private readonly List<Selection> _selections = [];

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/ui/selections", (RequestDelegate)Take);
        routes.MapGet("/v1/ui/selections/{id}", (RequestDelegate)Show);
    }

    private async Task Take(HttpContext http)
    {
        // A page has no business with paths that nobody chose.
        if (http.Connection.LocalIpAddress is not null)
        {
            await Reply.Problem(http, ProblemCodes.Forbidden, "Files are handed over by programs of this machine alone: openshare-desktop send");
            return;
        }
        var paths = (await Reply.Read(http, AgentJson.Readable.SelectionDocument)).Paths;
        if (paths.Count is 0 or > MostPaths)
            await Reply.Problem(http, ProblemCodes.BadRequest, $"1 to {MostPaths} paths are sent at once; a folder is one.");
        else if (paths.FirstOrDefault(p => !Path.IsPathFullyQualified(p)) is { } relative)
            await Reply.Problem(http, ProblemCodes.BadRequest, $"'{relative}' is not a whole path.");
        else
            await Reply.Json(http, new SelectionDocument(paths, Add(paths)), AgentJson.Readable.SelectionDocument);
    }

    private Task Show(HttpContext http) => Find((string)http.Request.RouteValues["id"]!) is { } paths
        ? Reply.Json(http, new SelectionDocument(paths), AgentJson.Readable.SelectionDocument)
        : Reply.Problem(http, ProblemCodes.NotFound, "What was to be sent is not known here any more. Choose it again.");

    /// <returns>its id; the oldest gives way</returns>
    internal string Add(IReadOnlyList<string> paths)
    {
        var id = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", UiGuard.SelectionLength);
        lock (_lock)
        {
            var now = time.GetUtcNow();
            _selections.RemoveAll(s => s.EndsAt <= now);
            if (_selections.Count == Most)
                _selections.RemoveAt(0);
            _selections.Add(new Selection(id, paths, now + Lifetime));
        }
        return id;
    }

    internal IReadOnlyList<string>? Find(string id)
    {
        lock (_lock)
            return _selections.FirstOrDefault(s => s.Id == id && s.EndsAt > time.GetUtcNow())?.Paths;
    }

    private sealed record Selection(string Id, IReadOnlyList<string> Paths, DateTimeOffset EndsAt);
}
