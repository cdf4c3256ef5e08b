using System.Diagnostics;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Commands;

/// <summary>The real binary in a process of its own.</summary>
public sealed class RunProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _data = new();
    private readonly List<Process> _processes = [];

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
        }
        _data.Dispose();
    }

    [SkippableFact]
    public async Task It_says_where_it_listens_and_ends_with_0_on_SIGTERM()
    {
        Skip.If(OperatingSystem.IsWindows(), "SIGTERM");
        var (process, url) = await RunAsync("https://127.0.0.1:0");
        var lines = new List<string>();
        while (lines.LastOrDefault()?.StartsWith("Signing keys", StringComparison.Ordinal) != true)
            lines.Add(await LineAsync(process.StandardOutput));

        Assert.NotEqual(0, url.Port);
        Assert.Matches("^TLS fingerprint sha256:[0-9a-f]{64}$", lines[0]);
        Assert.Matches("^Trust root fingerprint sha256:[0-9a-f]{64}$", lines[1]);
        Assert.Equal($"Admin credential in {_data.File("admin-credential")}", lines[2]);
        Assert.Contains(_data.File("signing-keys.passphrase"), lines[3], StringComparison.Ordinal);

        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, process.ExitCode);
        Assert.False(File.Exists(_data.File("admin.sock")));
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_line_and_1()
    {
        var (_, url) = await RunAsync("https://127.0.0.1:0");
        using var elsewhere = new TempDirectory();
        var second = Start(elsewhere.Path, $"https://127.0.0.1:{url.Port}");
        var error = await second.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await second.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(1, second.ExitCode);
        var line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"127.0.0.1:{url.Port}", line, StringComparison.Ordinal);
        Assert.Contains("--urls", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_service_comes_back_over_what_it_left()
    {
        var (first, url) = await RunAsync("https://127.0.0.1:0");
        first.Kill();
        await first.WaitForExitAsync().WaitAsync(Patience);

        var (_, again) = await RunAsync($"https://127.0.0.1:{url.Port}");
        Assert.Equal(url, again);
    }

    private async Task<(Process Process, Uri Url)> RunAsync(string urls)
    {
        var process = Start(_data.Path, urls);
        var line = await LineAsync(process.StandardOutput);
        Assert.StartsWith("Listening on ", line, StringComparison.Ordinal);
        return (process, new Uri(line["Listening on ".Length..]));
    }

    private Process Start(string data, string urls)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "openshare-server.exe" : "openshare-server"), ["run", "--urls", urls, "--data", data])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        _processes.Add(process);
        return process;
    }

    private static async Task<string> LineAsync(StreamReader reader) =>
        await reader.ReadLineAsync().WaitAsync(Patience) ?? throw new EndOfStreamException("the service ended without a word");
}
