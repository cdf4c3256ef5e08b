using OpenShare.Agent.Client;

namespace OpenShare.Agent;

/// <summary>An agent of a command's own. It ends when it is disposed.</summary>
public interface IHostedAgent : IAsyncDisposable
{
    /// <summary>Ends when the agent has stopped by itself: its actor system gave up.</summary>
    CancellationToken Stopped { get; }
}

/// <summary>A client of an agent, and the agent itself where it is the command's own.</summary>
public sealed class AgentSession : IAsyncDisposable
{
    private readonly IHostedAgent? _hosted;

    internal AgentSession(LocalApiClient client, IHostedAgent? hosted)
    {
        Client = client;
        _hosted = hosted;
    }

    public LocalApiClient Client { get; }

    /// <summary>The agent is this command's own and ends with the session.</summary>
    public bool IsHosted => _hosted is not null;

    /// <summary>A hosted agent has given up by itself.</summary>
    public CancellationToken Stopped => _hosted?.Stopped ?? CancellationToken.None;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_hosted is not null)
            await _hosted.DisposeAsync();
    }
}
