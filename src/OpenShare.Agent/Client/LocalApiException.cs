namespace OpenShare.Agent.Client;

/// <summary>A request came to nothing. The message is for a person; <see cref="Code"/> for a program.</summary>
public sealed class LocalApiException : Exception
{
    /// <summary>No agent is there, or not any more.</summary>
    public const string NoAgent = "no_agent";

    public LocalApiException(string code, string message, Exception? inner = null) : base(message, inner) => Code = code;

    public LocalApiException(string message, Exception inner) : this(NoAgent, message, inner) { }

    public LocalApiException(string message) : this(NoAgent, message) { }

    public LocalApiException() : this(NoAgent, "No agent is running here.") { }

    /// <summary>One of <see cref="Documents.ProblemCodes"/>, or <see cref="NoAgent"/>.</summary>
    public string Code { get; }

    internal static LocalApiException OtherVersion(Exception? inner) =>
        new(Documents.ProblemCodes.Failed, "The running agent is of another version than this command. Stop it and start it again.", inner);

    internal static LocalApiException Gone(Exception? inner) =>
        new(NoAgent, "No agent is running here, or it has just stopped. Start one with: openshare agent", inner);
}
