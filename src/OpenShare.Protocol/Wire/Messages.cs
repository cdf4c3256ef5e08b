using Google.Protobuf;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Wire;

/// <summary>Protocol Buffers read with one kind of error.</summary>
public static class Messages
{
    public static bool TryParse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? message) where T : class, IMessage<T>
    {
        try
        {
            message = parser.ParseFrom(bytes);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            message = null;
            return false;
        }
    }

    /// <exception cref="ProtocolException">the bytes are not such a message</exception>
    public static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes, string what) where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new ProtocolException($"This {what} cannot be read: it is damaged or not a {what} at all.", error);
        }
    }
}
