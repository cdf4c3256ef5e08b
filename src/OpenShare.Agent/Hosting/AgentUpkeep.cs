using System.Text.Json;
using Akka.Actor;
using OpenShare.Agent.Api;
using OpenShare.Agent.Client;
using OpenShare.Agent.Documents;
using OpenShare.Device.Hosting;
using OpenShare.Device.Memory;
using OpenShare.Device.Storage;
using OpenShare.Device.Transfers.Rehearsing;
using OpenShare.Protocol.Transfer;

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

    // tcpmux (RFC 1078): nobody has an agent there.
    private const string NoAddress = "127.0.0.1:1";

    private static readonly string s_noTransfer = default(TransferId).ToString();

    private readonly IServiceProvider _services;
    private readonly AgentOptions _options;
    private readonly DeviceHome _home;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly ResidentMemory _memory = new();
    private readonly Task _running;

    private IDevice Device => _services.GetRequiredService<DeviceService>().Device;

    internal AgentUpkeep(IServiceProvider services, AgentOptions options, DeviceHome home, TimeProvider time)
    {
        (_services, _options, _home, _time) = (services, options, home, time);
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await Task.Delay(s_settled, _time, _stop.Token);
            _memory.ReleaseAll();
            if (_options.Rehearsal == YesNo.Yes)
            {
                await RehearseAsync(_services.GetRequiredService<ILogger<AgentUpkeep>>());
                // What it took is not to be there still when the first transfer begins.
                _memory.ReleaseAll();
            }
            using var timer = new PeriodicTimer(ResidentMemory.Every, _time);
            while (await timer.WaitForNextTickAsync(_stop.Token))
                _memory.Release();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The agent stops.
        }
    }

    private async Task RehearseAsync(ILogger log)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(s_longestRehearsal);
        try
        {
            // As good as a rehearsal, and beside one it would take longer, and more memory than is promised.
            if (await IsTransferringAsync(limit.Token))
            {
                LogUnneeded(log);
                return;
            }
            using var needed = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
            var madeWay = MakeWayAsync(needed);
            var end = await Rehearsal.RunAsync(_services.GetRequiredService<ActorSystem>(), _home.RehearsalDirectory, needed.Token);
            await needed.CancelAsync();
            if (await madeWay)
            {
                LogMadeWay(log);
                return;
            }
            switch (end)
            {
                case RehearsalEnd.Completed completed:
                    using (var api = new LocalApiClient(_options.Control))
                        await AskAsync(api, limit.Token);
                    JsonSerializer.SerializeToUtf8Bytes(completed.Transfer.Document(), AgentJson.Readable.TransferDocument);
                    LogRehearsed(log);
                    break;
                case RehearsalEnd.Failed failed:
                    LogUnrehearsed(log, failed.Problem);
                    break;
            }
        }
        catch (Exception e)
        {
            // Whatever it is, the agent does without, and stops as it would.
            LogUnrehearsed(log, e.Message);
        }
    }

    private async Task<bool> IsTransferringAsync(CancellationToken cancellation) =>
        (await Device.GetTransfers(cancellation)).Any(t => !t.IsEnded);

    /// <returns>true: a transfer began, and the rehearsal was cancelled; false once it is over</returns>
    private async Task<bool> MakeWayAsync(CancellationTokenSource needed)
    {
        try
        {
            for (long seen = 0; !await IsTransferringAsync(needed.Token);)
                seen = await Device.WaitForChange(seen, needed.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        await needed.CancelAsync();
        return true;
    }

    // As commands do; what is sent goes nowhere.
    private async Task AskAsync(LocalApiClient api, CancellationToken cancellation)
    {
        await FirstAsync(api.WatchStatusAsync(cancellation));
        await api.GetTransfersAsync(cancellation);
        await RefusedAsync(() => FirstAsync(api.WatchTransferAsync(s_noTransfer, cancellation)));
        await RefusedAsync(() => api.SendAsync(new SendRequest([AppContext.BaseDirectory], NoDevice), cancellation));
        await RefusedAsync(() => api.SendAsync(new SendRequest([_home.RehearsalDirectory], NoAddress), cancellation));
    }

    private static async Task FirstAsync<T>(IAsyncEnumerable<T> answers)
    {
        await foreach (var _ in answers)
            break;
    }

    private static async Task RefusedAsync(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (LocalApiException)
        {
            // There is no such device, no such transfer, and by now no such directory.
        }
    }

    [LoggerMessage(LogLevel.Information, "A transfer was rehearsed")]
    private static partial void LogRehearsed(ILogger logger);

    [LoggerMessage(LogLevel.Information, "No transfer is rehearsed: one goes on from before")]
    private static partial void LogUnneeded(ILogger logger);

    [LoggerMessage(LogLevel.Information, "A rehearsal made way for a transfer that began")]
    private static partial void LogMadeWay(ILogger logger);

    [LoggerMessage(LogLevel.Information, "No transfer was rehearsed, and the first may be slower than later ones: {Problem}")]
    private static partial void LogUnrehearsed(ILogger logger, string problem);
}
