namespace OpenShare.Agent.Hosting;

/// <summary>A setting is not what it must be. The message names it, what it is, and what it must be.</summary>
public sealed class SettingException : Exception
{
    public SettingException(string message) : base(message) { }

    public SettingException(string message, Exception inner) : base(message, inner) { }

    public SettingException() { }
}
