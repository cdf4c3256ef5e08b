namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>A registration server as a process, with its own data directory and port.</summary>
internal sealed class Server : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _flags;
    private IReadOnlyDictionary<string, string>? _environment;
    private RunningProcess? _process;

    private Server(string[] flags, IReadOnlyDictionary<string, string>? environment) => (_flags, _environment) = (flags, environment);

    public int Port { get; } = Ports.Free();

    public string Url => $"https://127.0.0.1:{Port}";

    public static async Task<Server> StartAsync(string[]? flags = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var server = new Server(flags ?? [], environment);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>One that has not been started yet.</summary>
    public static Server Absent() => new([], null);

    public async Task StartAgainAsync()
    {
        _process = RunningProcess.Start(Checkout.Server, ["run", "--urls", Url, "--data", _folder.Path, .. _flags], _environment);
        // The fingerprint is printed once it listens.
        await _process.LineAsync("its fingerprint", line => line.Contains("sha256:", StringComparison.Ordinal));
    }

    /// <summary>Starts it again under another environment: with the right time, say.</summary>
    public Task StartAgainAsync(IReadOnlyDictionary<string, string>? environment)
    {
        _environment = environment;
        return StartAgainAsync();
    }

    /// <summary>Ends the process; its data stays.</summary>
    public async Task StopAsync() => (await _process!.TerminateAsync()).EndedWith(0);

    /// <summary>A one-time token for the account.</summary>
    public async Task<string> TokenAsync(string account, params string[] flags) =>
        (await RunAsync(["token", "create", "--account", account, .. flags])).EndedWith(0).Output.Trim();

    public async Task RevokeAsync(string device) => (await RunAsync("device", "revoke", device, "--reason", "test")).EndedWith(0);

    public async Task<CommandResult> RunAsync(params string[] arguments)
    {
        using var command = RunningProcess.Start(Checkout.Server, [.. arguments, "--data", _folder.Path], _environment);
        return await command.EndAsync();
    }

    public void Dispose()
    {
        _process?.Dispose();
        _folder.Dispose();
    }
}
