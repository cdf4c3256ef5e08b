using System.Diagnostics;

namespace OpenShare.Registration.Tests.Support;

/// <summary>A PostgreSQL server of the tests' own, reached by a socket in a temporary directory. It ends with whoever started it.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string? Programs = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(v => Path.Combine(v, "bin")).LastOrDefault(b => File.Exists(Path.Combine(b, "initdb")))
        : null;

    // What a crash of the machine would lose does not matter to tests; what one of the server would lose, to most of them.
    private const string Unsynced = "-c fsync=off -c full_page_writes=off";
    private const string Forgetful = Unsynced + " -c synchronous_commit=off -c wal_writer_delay=10s";

    // Hundreds of databases of hundreds of files each, made and dropped: on ext4 finding a place for a file was a fifth of all time.
    private const string Memory = "/dev/shm";
    private const long EnoughMemory = 1L << 30;
    private const string Short = " -c max_wal_size=64MB -c min_wal_size=32MB";

    // One for all tests but those that stop it.
    private static readonly Lazy<Task<PostgresServer>> Common = new(() => StartAsync(Forgetful + Short, PlaceInMemory()));

    // Its script, which stops it when its input ends: with this process.
    private readonly Process _process;

    private PostgresServer(Process process, string directory) => (_process, Socket) = (process, directory);

    /// <summary>The directory of its socket.</summary>
    public string Socket { get; }

    public static Task<PostgresServer> SharedAsync()
    {
        Needed();
        return Common.Value;
    }

    /// <summary>One of a test's own, which holds what it said was committed through each crash.</summary>
    /// <param name="isForgetful">it does not</param>
    public static Task<PostgresServer> OwnAsync(bool isForgetful = false)
    {
        Needed();
        return StartAsync(isForgetful ? Forgetful : Unsynced, Place());
    }

    /// <summary>Ends it in the middle of whatever it does.</summary>
    public Task CrashAsync() => OrderAsync("crash");

    /// <summary>Starts it over what it left.</summary>
    public Task StartAgainAsync() => OrderAsync("start");

    /// <summary>One of PostgreSQL's own programs, as a client of this server.</summary>
    public async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(Path.Combine(Programs!, program), ["--host", Socket, "--username", "postgres", .. arguments]);
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
    }

    private static string PlaceInMemory() =>
        OperatingSystem.IsLinux() && Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace >= EnoughMemory
            ? Directory.CreateDirectory(Path.Combine(Memory, $"ospg-{Guid.NewGuid():N}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName
            : Place();

    private static string Place() => Directory.CreateTempSubdirectory("ospg-").FullName;

    private static async Task<PostgresServer> StartAsync(string options, string directory)
    {
        var process = Process.Start(new ProcessStartInfo("/bin/sh", [Path.Combine(AppContext.BaseDirectory, "Support", "postgres.sh"), Programs!, directory, options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var server = new PostgresServer(process, directory);
        await server.DoneAsync();
        return server;
    }

    private static void Needed() => Skip.If(Programs is null, "PostgreSQL is not installed here");

    private async Task OrderAsync(string order)
    {
        await _process.StandardInput.WriteLineAsync(order);
        await DoneAsync();
    }

    private async Task DoneAsync() => Assert.Equal("done", await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience));
}
