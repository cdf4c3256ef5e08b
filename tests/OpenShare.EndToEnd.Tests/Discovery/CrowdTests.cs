using System.Diagnostics;
using System.Text.Json;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Discovery;

/// <summary>Many agents, each on a host of its own: small here, thirty in tests/bench/crowd.sh.</summary>
[Collection(Networks.Name)]
public sealed class CrowdTests(SharedServer shared) : IDisposable
{
    private const int Devices = 8;

    // What is measured is eight programs that start at once on two busy cores; those that are there see each other in seconds.
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly List<TestDevice> _devices = [];
    private Lan? _lan;

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task Eight_devices_that_start_at_once_all_see_all_others()
    {
        var lan = _lan = await Lan.CreateAsync();
        var account = $"account-{Guid.NewGuid():N}"[..20];
        for (var i = 1; i <= Devices; i++)
        {
            await lan.AddHostAsync($"d{i}", $"10.77.0.{i}");
            _devices.Add(new TestDevice(_folder.Path, $"d{i}") { AgentWithin = lan.Within($"d{i}") });
        }
        await Parallel.ForEachAsync(_devices, async (device, _) => await device.RegisterAsync(shared.Server, account));

        await Task.WhenAll(_devices.Select(d => d.StartAgentAsync()));
        var watch = Stopwatch.StartNew();
        foreach (var device in _devices)
        {
            var others = _devices.Where(d => d != device).Select(d => d.Id).Order().ToList();
            await Eventually.TrueAsync($"{device.Name} sees all: {device.Agent}", Patience.Long, async () => others.SequenceEqual(await SeenAsync(device)));
        }

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Within);
    }

    public void Dispose()
    {
        _devices.ForEach(d => d.Dispose());
        _lan?.Dispose();
        _folder.Dispose();
    }

    private static async Task<IEnumerable<string?>> SeenAsync(TestDevice device)
    {
        using var peers = JsonDocument.Parse(await LocalApi.GetAsync(device, "/v1/peers"));
        return [.. peers.RootElement.EnumerateArray().Where(p => !p.IsNull("address")).Select(p => p.Text("device_id")).Order()];
    }
}
