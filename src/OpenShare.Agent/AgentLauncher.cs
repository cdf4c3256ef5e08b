using OpenShare.Agent.Client;
using OpenShare.Agent.Hosting;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage;

namespace OpenShare.Agent;

/// <summary>How a command comes to an agent: the one that runs, or one of its own in this very process.</summary>
public sealed class AgentLauncher
{
    /// <summary>An agent that is just starting, or just stopping, holds the home without answering.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private readonly StartDevice _start;

    internal AgentLauncher(StartDevice start) => _start = start;

    /// <summary>Launches real devices.</summary>
    public static AgentLauncher Real { get; } = new(OpenShareDevice.StartAsync);

    /// <summary>The running agent of this home, or null when none runs.</summary>
    public static async Task<LocalApiClient?> FindAsync(AgentOptions options, CancellationToken cancellation)
    {
        var client = new LocalApiClient(options.Control);
        if (await client.IsAnsweringAsync(cancellation))
            return client;
        client.Dispose();
        return null;
    }

    /// <summary>The running agent of this home; where none runs, one hosted here until the session is disposed.</summary>
    /// <exception cref="AgentStartException">it cannot start, and why, for a person</exception>
    public async Task<AgentSession> OpenAsync(AgentOptions options, CancellationToken cancellation)
    {
        for (var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds; ;)
        {
            if (await FindAsync(options, cancellation) is { } running)
                return new AgentSession(running, null);
            try
            {
                return await HostOnceAsync(options, cancellation);
            }
            catch (AgentStartException e) when (e.InnerException is HomeInUseException && Environment.TickCount64 < until)
            {
                await Task.Delay(Pace, cancellation);
            }
        }
    }

    /// <summary>An agent hosted here. A command that has the home for its own duration is waited for.</summary>
    /// <exception cref="AgentStartException">it cannot start, and why, for a person; or another process has this home</exception>
    public async Task<AgentSession> HostAsync(AgentOptions options, CancellationToken cancellation)
    {
        for (var until = Environment.TickCount64 + (long)CommandPatience.TotalMilliseconds; ;)
        {
            try
            {
                return await HostOnceAsync(options, cancellation);
            }
            catch (AgentStartException e) when (e.InnerException is HomeInUseException && Environment.TickCount64 < until)
            {
                await Task.Delay(Pace, cancellation);
            }
        }
    }

    private async Task<AgentSession> HostOnceAsync(AgentOptions options, CancellationToken cancellation)
    {
        var host = await AgentHost.StartAsync(options, await TakeHomeAsync(options, cancellation), _start, cancellation);
        return new AgentSession(new LocalApiClient(options.Control), host);
    }

    private static async Task<DeviceHome> TakeHomeAsync(AgentOptions options, CancellationToken cancellation)
    {
        try
        {
            return DeviceHome.Open(options.Home);
        }
        catch (HomeInUseException e)
        {
            using var running = await FindAsync(options, cancellation);
            throw running is null
                ? new AgentStartException(e.Message, e)
                : new AgentStartException($"An agent is running for the home {options.Home} already, or a command that goes on with what it began: a send, for instance. Use that agent, wait for the command or stop it, or choose another home with --home.", e);
        }
        catch (StorageException e)
        {
            throw new AgentStartException(e.Message, e);
        }
    }
}

/// <summary>A client of an agent, and the agent itself where it runs in this process.</summary>
public sealed class AgentSession : IAsyncDisposable
{
    private readonly AgentHost? _host;

    internal AgentSession(LocalApiClient client, AgentHost? host)
    {
        Client = client;
        _host = host;
    }

    public LocalApiClient Client { get; }

    /// <summary>The agent is this process's own and ends with the session.</summary>
    public bool IsHosted => _host is not null;

    /// <summary>A hosted agent has given up by itself.</summary>
    public CancellationToken Stopped => _host?.Stopped ?? CancellationToken.None;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_host is not null)
            await _host.DisposeAsync();
    }
}
