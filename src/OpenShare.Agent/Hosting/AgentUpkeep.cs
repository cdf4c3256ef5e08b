using Akka.Actor;
using OpenShare.Agent.Client;
using OpenShare.Agent.Documents;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage;
using OpenShare.Device.Transfers.Rehearsing;

namespace OpenShare.Agent.Hosting;

/// <summary>What an agent that stays does for nobody else: it rehearses a transfer once, and lets go of memory from then on.</summary>
internal sealed partial class AgentUpkeep : IAsyncDisposable
{
    // Whoever starts an agent by a command, or logs in, is served first.
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(2);

    // Of a machine on which it takes longer, a rehearsal would take more than it gives.
    private static readonly TimeSpan s_longestRehearsal = TimeSpan.FromSeconds(10);

    // No name has a line's end in it, and no id or address.
    private const string NoDevice = "\n";

    private readonly CancellationTokenSource _stop = new();
    private readonly ResidentMemory _memory = new();
    private readonly Task _running;

    private AgentUpkeep(IServiceProvider services, AgentOptions options, DeviceHome home, TimeProvider time) =>
        _running = RunAsync(services, options, home, time);

    internal static AgentUpkeep Start(IServiceProvider services, AgentOptions options, DeviceHome home, TimeProvider time) =>
        new(services, options, home, time);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(IServiceProvider services, AgentOptions options, DeviceHome home, TimeProvider time)
    {
        try
        {
            await Task.Delay(s_settled, time, _stop.Token);
            _memory.ReleaseAll();
            if (options.Rehearsal == YesNo.Yes && await IsIdleAsync(services.GetRequiredService<DeviceService>().Device))
            {
                await RehearseAsync(services, options, home);
                // What it took is not to be there still when the first transfer begins.
                _memory.ReleaseAll();
            }
            using var timer = new PeriodicTimer(ResidentMemory.Every, time);
            while (await timer.WaitForNextTickAsync(_stop.Token))
                _memory.Release();
        }
        catch (OperationCanceledException)
        {
            // The agent stops.
        }
    }

    // A transfer that goes on from before is as good as a rehearsal.
    private async Task<bool> IsIdleAsync(IDevice device)
    {
        try
        {
            return (await device.GetTransfers(_stop.Token)).All(t => t.IsEnded);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task RehearseAsync(IServiceProvider services, AgentOptions options, DeviceHome home)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(s_longestRehearsal);
        var log = services.GetRequiredService<ILogger<AgentUpkeep>>();
        if (await Rehearsal.RunAsync(services.GetRequiredService<ActorSystem>(), home.RehearsalDirectory, limit.Token) is { } problem)
        {
            LogUnrehearsed(log, problem);
            return;
        }
        using var api = new LocalApiClient(options.Control);
        await AskAsync(api, limit.Token);
        LogRehearsed(log);
    }

    // As commands do; what is sent goes nowhere.
    private static async Task AskAsync(LocalApiClient api, CancellationToken cancellation)
    {
        try
        {
            await foreach (var _ in api.WatchStatusAsync(cancellation))
                break;
            await api.GetTransfersAsync(cancellation);
            await api.SendAsync(new SendRequest([AppContext.BaseDirectory], NoDevice), cancellation);
        }
        catch (Exception e) when (e is LocalApiException or OperationCanceledException)
        {
            // There is no such device; or it took too long.
        }
    }

    [LoggerMessage(LogLevel.Information, "A transfer was rehearsed")]
    private static partial void LogRehearsed(ILogger logger);

    [LoggerMessage(LogLevel.Information, "No transfer was rehearsed, and the first may be slower than later ones: {Problem}")]
    private static partial void LogUnrehearsed(ILogger logger, string problem);
}
