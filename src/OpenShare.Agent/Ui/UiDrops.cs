using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using OpenShare.Agent.Api;
using OpenShare.Agent.Documents;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Agent.Ui;

/// <summary>
/// Files that a person drops on the page. A browser says no paths, so they are put under the home first, sent from there, and gone when
/// their transfer has ended. What no transfer took is gone with the next start.
/// </summary>
internal sealed class UiDrops(AgentContext agent) : BackgroundService
{
    /// <summary>Of one drop; and some room is always left on the disk.</summary>
    private const long MostBytes = 64L << 30;
    private const long RoomLeft = 1L << 30;
    private const int MostDrops = 8;

    /// <summary>So long a page may say nothing of what it began to hand over: it was closed then, say.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>Milliseconds since 1970: the year 3000.</summary>
    private const long LastMoment = 32_503_680_000_000;

    private const string Marker = "transfer";
    private const string Content = "files";

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Drop> _drops = [];

    private string Root => Path.Combine(agent.Options.Home, "drops");

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/ui/drops", (RequestDelegate)Create);
        routes.MapPost("/v1/ui/drops/{id}/files", (RequestDelegate)Put);
        routes.MapPost("/v1/ui/drops/{id}/sent", (RequestDelegate)Sent);
        routes.MapPost("/v1/ui/drops/{id}/discard", (RequestDelegate)(http => Discard(http)));
    }

    // Those of before: what is still being sent is kept, and nobody asks for the rest any more.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!Directory.Exists(Root))
            return;
        foreach (var drop in Directory.GetDirectories(Root))
        {
            if (File.Exists(Path.Combine(drop, Marker)) && TransferId.TryParse(await File.ReadAllTextAsync(Path.Combine(drop, Marker), stoppingToken), out var transfer))
                _ = KeepUntilEnded(drop, transfer, stoppingToken);
            else
                Remove(drop);
        }
    }

    private Task Create(HttpContext http)
    {
        var now = agent.Time.GetUtcNow();
        foreach (var (old, drop) in _drops)
        {
            if (!drop.IsSent && now - drop.TouchedAt > Patience)
                Remove(Path.Combine(Root, old));
        }
        if (_drops.Count >= MostDrops)
            return Reply.Problem(http, ProblemCodes.Failed, "Too many drops are being sent at once. Wait until one is done, or send from the command line: openshare send");
        var id = Guid.NewGuid().ToString("N");
        _drops[id] = new Drop(0, now);
        Directory.CreateDirectory(Path.Combine(Root, id, Content));
        return Reply.Json(http, new DropDocument(id, Path.Combine(Root, id, Content)), AgentJson.Readable.DropDocument, StatusCodes.Status201Created);
    }

    private async Task Put(HttpContext http)
    {
        if (DirectoryOf(http) is not { } drop)
        {
            await NoSuch(http);
            return;
        }
        var id = (string)http.Request.RouteValues["id"]!;
        var path = Path.Combine([drop, Content, .. RelativePath.Parse(http.Request.Query["path"].ToString()).Components]);
        if (http.Request.ContentLength is not { } length || length > new DriveInfo(drop).AvailableFreeSpace - RoomLeft || !TakeRoom(id, length))
        {
            await Reply.Problem(http, ProblemCodes.Failed, $"There is no room for this file here. Send it from the command line, which copies nothing: openshare send");
            return;
        }
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = length;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var isMade = false;
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 128 * 1024, FileOptions.Asynchronous);
            isMade = true;
            await http.Request.Body.CopyToAsync(file, http.RequestAborted);
        }
        catch
        {
            // One that was there before is another's.
            if (isMade)
                File.Delete(path);
            TakeRoom(id, -length);
            throw;
        }
        if (long.TryParse(http.Request.Query["modified"], NumberStyles.None, CultureInfo.InvariantCulture, out var modified) && modified < LastMoment)
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddMilliseconds(modified));
        await Reply.Json(http, new DropDocument(id, drop), AgentJson.Readable.DropDocument, StatusCodes.Status201Created);
    }

    private async Task Sent(HttpContext http)
    {
        if (DirectoryOf(http) is not { } drop)
        {
            await NoSuch(http);
            return;
        }
        var transfer = TransferId.Parse((await Reply.Read(http, AgentJson.Readable.DropSent)).TransferId);
        await File.WriteAllTextAsync(Path.Combine(drop, Marker), transfer.ToString(), http.RequestAborted);
        if (_drops.TryGetValue((string)http.Request.RouteValues["id"]!, out var sent))
            _drops[(string)http.Request.RouteValues["id"]!] = sent with { IsSent = true };
        _ = KeepUntilEnded(drop, transfer, agent.Stopping);
        await Reply.Json(http, new DropDocument((string)http.Request.RouteValues["id"]!, drop), AgentJson.Readable.DropDocument);
    }

    private Task Discard(HttpContext http)
    {
        if (DirectoryOf(http) is not { } drop)
            return NoSuch(http);
        Remove(drop);
        return Reply.Json(http, new DropDocument((string)http.Request.RouteValues["id"]!, drop), AgentJson.Readable.DropDocument);
    }

    private async Task KeepUntilEnded(string drop, TransferId transfer, CancellationToken stopping)
    {
        try
        {
            for (long seen = 0; await agent.Device.GetTransfer(transfer, stopping) is { } view && !view.Document().IsEnded();)
            {
                await Task.Delay(Pace, agent.Time, stopping);
                seen = await agent.Device.WaitForChange(seen, stopping);
            }
            Remove(drop);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            // The agent stops: the next one goes on with it.
        }
    }

    // Before the bytes are there: several files may come at once.
    private bool TakeRoom(string id, long length)
    {
        while (_drops.TryGetValue(id, out var before) && before.Bytes + length <= MostBytes)
        {
            if (_drops.TryUpdate(id, before with { Bytes = before.Bytes + length, TouchedAt = agent.Time.GetUtcNow() }, before))
                return true;
        }
        return false;
    }

    // What a person has open elsewhere, on Windows say, goes with the next start.
    private void Remove(string drop)
    {
        try
        {
            Directory.Delete(drop, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
        _drops.TryRemove(Path.GetFileName(drop), out _);
    }

    private string? DirectoryOf(HttpContext http) =>
        http.Request.RouteValues["id"] is string id && _drops.ContainsKey(id) ? Path.Combine(Root, id) : null;

    private sealed record Drop(long Bytes, DateTimeOffset TouchedAt)
    {
        /// <summary>It is its transfer's now.</summary>
        internal bool IsSent { get; init; }
    }

    private static Task NoSuch(HttpContext http) => Reply.Problem(http, ProblemCodes.NotFound, "There is no such drop, or not any more.");
}
