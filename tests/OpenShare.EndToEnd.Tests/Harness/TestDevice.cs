using System.Text.Json;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>One device: its home, its agent as a process, and the commands a person would type on it.</summary>
internal sealed class TestDevice(string folder, string name) : IDisposable
{
    private RunningProcess? _agent;
    private string? _id;

    public string Name => name;

    public string Home { get; } = Path.Combine(folder, name);

    /// <summary>Where what it receives goes.</summary>
    public string SaveTo { get; init; } = Path.Combine(folder, name + "-received");

    public int Port { get; init; } = Ports.Free();

    /// <summary>The address it listens at, without the port.</summary>
    public string Listen { get; init; } = "0.0.0.0";

    /// <summary>The port it announces: of a relay in front of it.</summary>
    public int? AdvertisedPort { get; init; }

    public string Accept { get; set; } = "own";

    /// <summary>Environment of its agent, besides the product's own.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>A command that runs its other commands so.</summary>
    public string[] CommandWithin { get; set; } = [];

    /// <summary>A command that runs its agent under some condition: fewer rights, another network.</summary>
    public string[] AgentWithin { get; set; } = [];

    public RunningProcess Agent => _agent ?? throw new InvalidOperationException($"{name} has no agent.");

    /// <summary>An agent of it was started, and runs still.</summary>
    public bool HasAgent => _agent is { IsRunning: true };

    public string Id => _id ?? throw new InvalidOperationException($"{name} is not registered.");

    public string Received(string file) => Path.Combine(SaveTo, file);

    public async Task RegisterAsync(Server server, string account) => await RegisterAsync(server.Url, await server.TokenAsync(account));

    public async Task RegisterAsync(string url, string token) =>
        _id = (await TryRegisterAsync(url, token, "--json")).EndedWith(0).Json.Text("device_id");

    /// <summary>Registers it through its agent, which takes a third of what the command takes that finds none.</summary>
    public async Task BeginAsync(string url, string token)
    {
        await StartAgentAsync();
        await RegisterAsync(url, token);
    }

    public async Task BeginAsync(Server server, string account) => await BeginAsync(server.Url, await server.TokenAsync(account));

    public Task<CommandResult> TryRegisterAsync(string url, string token, params string[] flags) =>
        RunAsync(["register", "--server", url, "--token", token, "--name", name, .. flags]);

    /// <summary>A device that is never registered has an id as well.</summary>
    public async Task StartUnregisteredAgentAsync()
    {
        await StartAgentAsync();
        _id = (await StatusAsync()).Text("device_id");
    }

    public async Task StartAgentAsync()
    {
        var environment = new Dictionary<string, string>(Environment);
        if (AdvertisedPort is { } port)
            environment["OPENSHARE__Discovery__AdvertisedPort"] = $"{port}";
        _agent?.Dispose();
        _agent = RunningProcess.Start(
            Checkout.OpenShare,
            ["--home", Home, "agent", "--accept", Accept, "--save-to", SaveTo, "--listen", $"{Listen}:{Port}"],
            environment,
            AgentWithin);
        // Asked before, a command would find no agent and take the home itself, and the agent would find it taken.
        await _agent.LineAsync("where it listens", line => line.Contains(" listens on ", StringComparison.Ordinal));
    }

    public async Task<JsonElement> StatusAsync() => (await RunAsync("status", "--json")).EndedWith(0).Json;

    /// <summary>What this device shows of another.</summary>
    /// <returns>null: nothing</returns>
    public async Task<JsonElement?> PeerAsync(TestDevice other)
    {
        var peers = (await RunAsync("peers", "--json")).EndedWith(0).Json.EnumerateArray();
        return peers.Cast<JsonElement?>().FirstOrDefault(p => p!.Value.Text("device_id") == other.Id);
    }

    public Task SeesAsync(TestDevice other) =>
        Eventually.TrueAsync($"{name} sees {other.Name}: {_agent}", Patience.Long, async () => await PeerAsync(other) is { } peer && !peer.IsNull("address"));

    /// <summary>It may have been found in another way before: where it called from, while this way was still trying.</summary>
    public async Task<JsonElement> FindsAsync(TestDevice other, string by) =>
        (JsonElement)await Eventually.GetAsync<object>($"{name} finds {other.Name} by {by}: {_agent}", Patience.Short,
            async () => await PeerAsync(other) is { } peer && peer.Text("found_by") == by ? peer : null);

    public Task CallsAsync(TestDevice other, string trust) =>
        Eventually.TrueAsync($"{name} calls {other.Name} {trust}: {_agent}", Patience.Long, async () => (await PeerAsync(other))?.Text("trust") == trust);

    /// <summary>Its newest transfer, sent or received; null: none.</summary>
    public async Task<JsonElement?> NewestTransferAsync() =>
        (await RunAsync("transfers", "--json")).EndedWith(0).Json.EnumerateArray().Cast<JsonElement?>().FirstOrDefault();

    /// <summary>A transfer that comes to its end: <c>send --json</c>, running.</summary>
    public RunningProcess StartSend(TestDevice to, params string[] paths) => Start(["send", .. paths, "--to", to.Id, "--json"]);

    public async Task<CommandResult> SendAsync(TestDevice to, params string[] paths)
    {
        using var send = StartSend(to, paths);
        return await send.EndAsync(TimeSpan.FromMinutes(2));
    }

    public async Task<CommandResult> RunAsync(params string[] arguments)
    {
        using var command = Start(arguments);
        return await command.EndAsync();
    }

    public RunningProcess Start(IEnumerable<string> arguments) => RunningProcess.Start(Checkout.OpenShare, ["--home", Home, .. arguments], Environment, CommandWithin);

    /// <summary>As a person has it, who reads what is printed and is asked.</summary>
    public RunningProcess AtTerminal(params string[] arguments)
    {
        string[] command = [.. CommandWithin, .. RunningProcess.Runnable(Checkout.OpenShare), "--home", Home, .. arguments];
        return RunningProcess.Start("script", ["--quiet", "--flush", "--return", "--command", string.Join(' ', command.Select(c => $"'{c}'")), "/dev/null"], Environment);
    }

    public void Dispose() => _agent?.Dispose();
}
