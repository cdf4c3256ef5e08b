namespace OpenShare.Protocol.Identity;

/// <summary>Bytes or text from outside that are not what they claim to be. The message names what is wrong, for a person.</summary>
public sealed class ProtocolException : Exception
{
    public ProtocolException(string message) : base(message) { }

    public ProtocolException(string message, Exception inner) : base(message, inner) { }

    public ProtocolException() { }
}
