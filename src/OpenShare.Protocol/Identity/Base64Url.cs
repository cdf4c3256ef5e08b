using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Identity;

/// <summary>base64url without padding (RFC 4648 §5), with an error that says what the text should have been.</summary>
public static class Base64Url
{
    public static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    /// <param name="limit">bytes it may stand for</param>
    /// <exception cref="ProtocolException">not base64url, or longer than its limit</exception>
    public static byte[] Decode(string text, string what, int limit = 2 * Limits.SignedPayload)
    {
        if (text.Length / 4L * 3 > limit)
            throw new ProtocolException($"This {what} is too long.");
        try
        {
            return System.Buffers.Text.Base64Url.DecodeFromChars(text);
        }
        catch (FormatException error)
        {
            throw new ProtocolException($"This {what} is not base64url text.", error);
        }
    }
}
