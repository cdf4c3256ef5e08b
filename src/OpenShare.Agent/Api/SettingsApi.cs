using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Device.Hosting;

namespace OpenShare.Agent.Api;

/// <summary>What a person changes while the agent runs.</summary>
internal sealed class SettingsApi(AgentContext agent)
{
    private static readonly SemaphoreSlim Changing = new(1);

    internal void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/settings", (RequestDelegate)Change);

    private async Task Change(HttpContext http)
    {
        var request = await Reply.Read(http, AgentJson.Readable.SettingsRequest);
        var changes = new Dictionary<string, string?>
        {
            [AgentSettings.Accept] = request.Accept,
            [AgentSettings.SaveTo] = request.SaveTo,
            [AgentSettings.Overwrite] = request.Overwrite,
            [AgentSettings.Limit] = request.Limit,
        }.Where(c => c.Value is not null).ToDictionary();
        await Changing.WaitAsync(http.RequestAborted);
        try
        {
            if (await TryAsync(changes, http.RequestAborted) is var (code, why))
            {
                await Reply.Problem(http, code, why);
                return;
            }
        }
        finally
        {
            Changing.Release();
        }
        await Reply.Json(http, (await agent.Device.GetStatus(http.RequestAborted)).Document(agent), AgentJson.Readable.StatusDocument);
    }

    /// <returns>why nothing was changed; null: it was</returns>
    private async Task<(string Code, string Why)?> TryAsync(IReadOnlyDictionary<string, string?> changes, CancellationToken cancellation)
    {
        var before = agent.Options;
        if (await TurnTo(before.Changed(changes), cancellation) is { } problem)
        {
            agent.Change(before);
            return (ProblemCodes.BadRequest, problem);
        }
        try
        {
            ChosenSettings.Keep(before.Home, before.Told, changes);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await TurnTo(before, CancellationToken.None);
            return (ProblemCodes.Failed, $"That cannot be kept on this device's disk, and so was not done: {e.Message}");
        }
    }

    // What the device counts as a change is looked at at once: it is to be the new one by then.
    private Task<string?> TurnTo(AgentOptions options, CancellationToken cancellation)
    {
        agent.Change(options);
        return agent.Device.ChangeReceiving(RuleOf(options), cancellation);
    }

    private static ReceivingRule RuleOf(AgentOptions options) => new(DeviceService.PolicyOf(options.Accept), options.SaveTo, options.Overwrite == YesNo.Yes);
}
