using System.Diagnostics;

namespace OpenShare.Simulation.Tests;

/// <summary>One seed decides everything that two whole devices do, in whatever process they do it.</summary>
public sealed class DeterminismTests
{
    [Theory]
    [InlineData("cut")]
    [InlineData("crashes")]
    public async Task A_seed_gives_the_same_trace_in_two_processes(string course)
    {
        var (first, second) = (await RunAsync(course, 7), await RunAsync(course, 7));

        Assert.Equal(64, first.Split(' ')[0].Length);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Another_seed_gives_another_trace() => Assert.NotEqual(await RunAsync("cut", 7), await RunAsync("cut", 8));

    private static async Task<string> RunAsync(string course, int seed)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "simulation.dll"), course, $"{seed}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, await error);
        return (await output).Trim();
    }
}
