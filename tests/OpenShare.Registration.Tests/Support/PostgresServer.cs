using System.Diagnostics;

namespace OpenShare.Registration.Tests.Support;

/// <summary>A PostgreSQL server of the tests' own, reached by a socket in a temporary directory. It ends with whoever started it.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly string? Programs = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(v => Path.Combine(v, "bin")).LastOrDefault(b => File.Exists(Path.Combine(b, "initdb")))
        : null;

    // One for all tests that need no server to themselves. What a crash would lose does not matter to them.
    private static readonly Lazy<Task<PostgresServer>> Common = new(() => StartAsync("-c fsync=off -c synchronous_commit=off -c full_page_writes=off"));

    private readonly Process _process;

    private PostgresServer(Process process, string directory) => (_process, Socket) = (process, directory);

    /// <summary>The directory of its socket.</summary>
    public string Socket { get; }

    public static Task<PostgresServer> SharedAsync()
    {
        Skip.If(Programs is null, "PostgreSQL is not installed here");
        return Common.Value;
    }

    /// <param name="options">of the server, as on its command line</param>
    public static async Task<PostgresServer> StartAsync(string options)
    {
        Skip.If(Programs is null, "PostgreSQL is not installed here");
        var directory = Directory.CreateTempSubdirectory("ospg-").FullName;
        var process = Process.Start(new ProcessStartInfo("/bin/sh", [Path.Combine(AppContext.BaseDirectory, "Support", "postgres.sh"), Programs!, directory, options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
        return new PostgresServer(process, directory);
    }

    /// <summary>As a crash would: every connection is cut, and what was not on disk is gone.</summary>
    public async Task CrashAndRestartAsync()
    {
        string[] control = [Path.Combine(Programs!, "pg_ctl"), "-D", Path.Combine(Socket, "data"), "-l", Path.Combine(Socket, "data", "log"), "-m", "immediate", "-w", "restart"];
        string[] whole = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", .. control] : control;
        using var process = Process.Start(new ProcessStartInfo(whole[0], whole[1..]) { WorkingDirectory = Socket })!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
