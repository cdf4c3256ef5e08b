namespace OpenShare.Agent.Hosting;

/// <summary>The agent cannot start. The message says what, why and what to do, for a person.</summary>
public sealed class AgentStartException : Exception
{
    public AgentStartException(string message) : base(message) { }

    public AgentStartException(string message, Exception inner) : base(message, inner) { }

    public AgentStartException() { }
}
