using System.Diagnostics;
using OpenShare.Agent.Tests.Support;

namespace OpenShare.Agent.Tests;

/// <summary>Asking for help costs no framework.</summary>
public sealed class StartUpTests : IDisposable
{
    internal const string LoadedFile = "OPENSHARE_TEST_LOADED_FILE";

    private readonly TestHome _home = new();

    [Theory]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("send", "--help")]
    [InlineData("sned")]
    public async Task Without_a_device_nothing_of_one_is_loaded(params string[] args)
    {
        var loaded = await LoadedByAsync(args);

        Assert.Contains("System.CommandLine", loaded);
        Assert.DoesNotContain(loaded, IsHeavy);
    }

    [Fact]
    public async Task With_a_device_it_is() => Assert.Contains(await LoadedByAsync(["--home", _home.Home, "status"]), IsHeavy);

    private static bool IsHeavy(string assembly) =>
        assembly.StartsWith("Akka", StringComparison.Ordinal) || assembly.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
        || assembly is "Serilog" or "OpenShare.Device" or "Spectre.Console";

    private async Task<string[]> LoadedByAsync(string[] args)
    {
        var file = Path.Combine(_home.Root, "loaded");
        var start = new ProcessStartInfo("dotnet", [typeof(OpenShare.Cli.Invocation.Shell).Assembly.Location, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_STARTUP_HOOKS"] = typeof(StartUpTests).Assembly.Location, [LoadedFile] = file },
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Until.Deadline);
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token), process.WaitForExitAsync(limit.Token));
        return await File.ReadAllLinesAsync(file, limit.Token);
    }

    public void Dispose() => _home.Dispose();
}
