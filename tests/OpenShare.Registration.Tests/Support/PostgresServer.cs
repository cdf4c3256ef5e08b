using System.Diagnostics;

namespace OpenShare.Registration.Tests.Support;

/// <summary>A PostgreSQL server of the tests' own, reached by a socket in a temporary directory. It ends with whoever started it.</summary>
internal sealed class PostgresServer
{
    private static readonly string? Programs = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(v => Path.Combine(v, "bin")).LastOrDefault(b => File.Exists(Path.Combine(b, "initdb")))
        : null;

    // One for all tests. What a crash would lose does not matter to them.
    private static readonly Lazy<Task<PostgresServer>> Common = new(() => StartAsync("-c fsync=off -c synchronous_commit=off -c full_page_writes=off"));

    // Its script, which stops it when its input ends: with this process.
    private readonly Process _process;

    private PostgresServer(Process process, string directory) => (_process, Socket) = (process, directory);

    /// <summary>The directory of its socket.</summary>
    public string Socket { get; }

    public static Task<PostgresServer> SharedAsync()
    {
        Skip.If(Programs is null, "PostgreSQL is not installed here");
        return Common.Value;
    }

    private static async Task<PostgresServer> StartAsync(string options)
    {
        var directory = Directory.CreateTempSubdirectory("ospg-").FullName;
        var process = Process.Start(new ProcessStartInfo("/bin/sh", [Path.Combine(AppContext.BaseDirectory, "Support", "postgres.sh"), Programs!, directory, options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
        return new PostgresServer(process, directory);
    }
}
