using System.Diagnostics;
using System.Globalization;

namespace OpenShare.Simulation.Tests;

/// <summary>One seed decides everything that whole devices do, in whatever process they do it.</summary>
public sealed class DeterminismTests
{
    [Theory]
    [InlineData("quiet", 7)]
    [InlineData("everything", 2)]
    [InlineData("pairing", 3)]
    public async Task A_seed_gives_the_same_trace_in_two_processes(string scenario, int seed)
    {
        var (first, second) = (await RunAsync(scenario, seed), await RunAsync(scenario, seed));

        Assert.Equal(64, first.Length);
        Assert.Equal(first, second);
    }

    private static async Task<string> RunAsync(string scenario, int seed)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "simulation.dll"), "replay", scenario, seed.ToString(CultureInfo.InvariantCulture), "--hash"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return output.Trim();
    }
}
