using OpenShare.Agent.Client;
using OpenShare.Agent.Hosting;
using OpenShare.Device.Storage;

namespace OpenShare.Agent;

/// <summary>Starts an agent of the command's own.</summary>
/// <exception cref="AgentStartException">it cannot start, and why, for a person; or another process has this home</exception>
public delegate Task<IHostedAgent> HostAgent(AgentOptions options, CancellationToken cancellation);

/// <summary>How a command comes to an agent: the one that runs, or one of its own.</summary>
public sealed class AgentLauncher(HostAgent host)
{
    /// <summary>An agent that is just starting, or just stopping, holds the home without answering.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    /// <summary>The running agent of this home, or null when none runs.</summary>
    public static async Task<LocalApiClient?> FindAsync(AgentOptions options, CancellationToken cancellation)
    {
        var client = new LocalApiClient(options.Control);
        if (await client.IsAnsweringAsync(cancellation))
            return client;
        client.Dispose();
        return null;
    }

    /// <summary>The running agent of this home; where none runs, one of its own until the session is disposed.</summary>
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

    /// <summary>An agent of its own. A command that has the home for its own duration is waited for.</summary>
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
        var hosted = await host(options, cancellation);
        return new AgentSession(new LocalApiClient(options.Control), hosted);
    }
}
