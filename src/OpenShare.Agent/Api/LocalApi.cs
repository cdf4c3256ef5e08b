using System.Reflection;
using System.Text.Json;
using Akka.Actor;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Agent.Qr;
using OpenShare.Agent.Ui;
using OpenShare.Protocol.Identity;

namespace OpenShare.Agent.Api;

/// <summary>
/// The local control API: HTTP over a Unix socket or named pipe that only the owner can open, JSON documents as
/// the command line prints them, a <see cref="ProblemDocument"/> for whatever comes to nothing.
/// </summary>
internal static class LocalApi
{
    internal static string Version { get; } =
        typeof(LocalApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    internal static void Map(WebApplication app, AgentContext agent, UiDrops drops)
    {
        var door = new UiDoor(agent.Time);
        var guard = new UiGuard(door);
        app.Use(next => http => guard.Invoke(http, next));
        app.Use(TellProblems);
        app.UseRouting();
        app.MapGet("/v1/health", (RequestDelegate)(http =>
            Reply.Json(http, new HealthDocument(Version, Environment.ProcessId), AgentJson.Readable.HealthDocument)));
        app.MapPrometheusScrapingEndpoint("/v1/metrics");
        new UiApi(agent, door).Map(app);
        UiPages.Map(app);
        drops.Map(app);
        new UiSelections(agent.Time).Map(app);
        new StatusApi(agent).Map(app);
        new SettingsApi(agent).Map(app);
        new LoginApi(agent).Map(app);
        new PeersApi(agent).Map(app);
        new PairingApi(agent).Map(app);
        new TransfersApi(agent).Map(app);
        new ReceiptsApi(agent).Map(app);
        new RevocationApi(agent).Map(app);
        new DoctorApi(agent).Map(app);
    }

    private static async Task TellProblems(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (Exception e) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            await (e switch
            {
                ProtocolException or PictureException or JsonException or SettingException or BadHttpRequestException => Reply.Problem(http, ProblemCodes.BadRequest, e.Message),
                TimeoutException or AskTimeoutException => Reply.Problem(
                    http, ProblemCodes.Failed, "The device did not answer in time. Try again; if it stays so, stop the agent and start it with --verbose."),
                _ => Unexpected(http, e),
            });
        }
    }

    private static Task Unexpected(HttpContext http, Exception e)
    {
        http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(LocalApi))
            .LogError(e, "{Method} {Path} failed", http.Request.Method, http.Request.Path);
        return Reply.Problem(http, ProblemCodes.Failed, $"Something unexpected went wrong in the agent: {e.Message}");
    }
}
