namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>A registration server as a process, with its own data directory and port.</summary>
internal sealed class Server : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _flags;
    private readonly string _address;
    private readonly string[] _within;
    private IReadOnlyDictionary<string, string>? _environment;
    private RunningProcess? _process;

    private Server(string[] flags, IReadOnlyDictionary<string, string>? environment, string address = "127.0.0.1", string[]? within = null) =>
        (_flags, _environment, _address, _within) = (flags, environment, address, within ?? []);

    public int Port { get; private init; } = Ports.Free();

    public string Data => _folder.Path;

    public string Url => $"https://{_address}:{Port}";

    /// <summary>What it has printed.</summary>
    public string Said => string.Join('\n', _process!.Output);

    /// <summary>What it has logged.</summary>
    public string Errors => _process!.Errors;

    public string InData(string file) => Path.Combine(_folder.Path, file);

    /// <param name="within">a command that runs it in another network, where it has that address</param>
    public static async Task<Server> StartAsync(
        string[]? flags = null, IReadOnlyDictionary<string, string>? environment = null, string address = "127.0.0.1", string[]? within = null, int? port = null)
    {
        var server = new Server(flags ?? [], environment, address, within) { Port = port ?? Ports.Free() };
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>One that has not been started yet.</summary>
    public static Server Absent() => new([], null);

    public async Task StartAgainAsync()
    {
        _process = RunningProcess.Start(Checkout.Server, ["run", "--urls", Url, "--data", _folder.Path, .. _flags], _environment, _within);
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
