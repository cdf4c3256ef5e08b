using Google.Protobuf;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Identity;

/// <summary>Making, checking and writing <see cref="Signed"/>: the one form in which anything signed travels.</summary>
public static class SignedBlobs
{
    // What key id, signature and the fields' tags add to a payload, generously.
    private const int Envelope = 256;

    public static Signed Sign(ISigner signer, SignatureContext context, IMessage payload) =>
        Sign(signer, context, payload.ToByteArray());

    public static Signed Sign(ISigner signer, SignatureContext context, byte[] payload) => new()
    {
        Payload = ByteString.CopyFrom(payload),
        KeyId = signer.PublicKey.KeyId,
        Signature = ByteString.CopyFrom(signer.Sign(context.SignedBytes(payload))),
    };

    /// <summary>True when <paramref name="key"/> signed exactly these payload bytes as this kind of thing.</summary>
    public static bool IsSignedBy(this Signed signed, PublicKey key, SignatureContext context) =>
        signed.KeyId == key.KeyId && key.Verify(context.SignedBytes(signed.Payload.Span), signed.Signature.Span);

    public static string ToText(this Signed signed) => Base64Url.Encode(signed.ToByteArray());

    /// <exception cref="ProtocolException">not base64url, not a Signed, or too large</exception>
    /// <param name="limit">bytes of the payload</param>
    public static Signed Parse(string text, string what, int limit = Limits.SignedPayload) =>
        Parse(Base64Url.Decode(text, what, limit + Envelope), what, limit);

    /// <exception cref="ProtocolException">not a Signed, or too large</exception>
    /// <param name="limit">bytes of the payload</param>
    public static Signed Parse(ReadOnlySpan<byte> bytes, string what, int limit = Limits.SignedPayload)
    {
        if (bytes.Length > limit + Envelope)
            throw new ProtocolException($"This {what} is larger than {limit} bytes.");
        return Messages.Parse(Signed.Parser, bytes, what);
    }
}
