using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace OpenShare.Registration.Tests.Support;

/// <summary>The service's real binary in a process of its own, on a free port of loopback.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();

    private ServerProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; private set; } = null!;

    public string Log => string.Join('\n', _log);

    public static async Task<ServerProcess> StartAsync(string data, params string[] options)
    {
        var server = new ServerProcess(Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "openshare-server.exe" : "openshare-server"),
            ["run", "--urls", "https://127.0.0.1:0", "--data", data, .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        server.Url = new Uri(await server.SaysAsync("Listening on "));
        return server;
    }

    /// <summary>The rest of the next line that begins so.</summary>
    public async Task<string> SaysAsync(string beginning)
    {
        while (true)
        {
            var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
            Assert.True(line is not null, Log);
            if (line.StartsWith(beginning, StringComparison.Ordinal))
                return line[beginning.Length..];
        }
    }

    /// <summary>As `kill -9` does.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return _process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>As service managers do.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }
}
