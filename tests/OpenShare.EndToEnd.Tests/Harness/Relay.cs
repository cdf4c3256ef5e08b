using System.Text.Json;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>The relay as a process: the link between two devices, to be cut, stalled, slowed and damaged.</summary>
internal sealed class Relay : IDisposable
{
    private readonly RunningProcess _process;
    private int _seen;

    private Relay(RunningProcess process) => _process = process;

    public static async Task<Relay> StartAsync(params IEnumerable<(int Front, int To)> routes)
    {
        var pairs = routes.ToList();
        var process = RunningProcess.Start(Checkout.Relay, pairs.SelectMany(r => new[] { "--listen", $"[::]:{r.Front}", "--to", $"127.0.0.1:{r.To}" }));
        var relay = new Relay(process);
        foreach (var _ in pairs)
            await relay.NextAsync("listening");
        return relay;
    }

    /// <summary>One of the commands of the relay's usage.</summary>
    public void Tell(string command) => _process.WriteLine(command);

    /// <summary>The next event of this name, from where the last one asked for stood.</summary>
    public async Task<JsonElement> NextAsync(string name, TimeSpan? within = null)
    {
        JsonElement found = default;
        await Eventually.TrueAsync($"'{name}' at the relay: {_process}", within ?? Patience.Long, () =>
        {
            for (var lines = _process.Output; _seen < lines.Count;)
            {
                found = JsonDocument.Parse(lines[_seen++]).RootElement;
                if (found.Text("event") == name)
                    return true;
            }
            return false;
        });
        return found;
    }

    /// <summary>Bytes that passed by now, both ways.</summary>
    public async Task<long> PassedAsync()
    {
        Tell("stats");
        return (await NextAsync("stats")).Number("passed");
    }

    public void Dispose() => _process.Dispose();
}
