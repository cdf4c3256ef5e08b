using Google.Protobuf;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>A message with one bit flipped, in each of its bytes in turn.</summary>
internal static class Altered
{
    /// <summary>Checks every alteration that is still a message at all.</summary>
    internal static void Each<T>(byte[] bytes, MessageParser<T> parser, Action<T> check) where T : IMessage<T>
    {
        var checks = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            byte[] altered = [.. bytes];
            altered[at] ^= (byte)(1 << at % 8);
            T message;
            try
            {
                message = parser.ParseFrom(altered);
            }
            catch (InvalidProtocolBufferException)
            {
                continue;
            }
            check(message);
            checks++;
        }
        // Most bytes are payload and signature, which no parser judges.
        Assert.InRange(checks, bytes.Length / 2, bytes.Length);
    }
}
