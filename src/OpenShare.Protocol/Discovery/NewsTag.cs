using System.Buffers.Binary;
using System.Security.Cryptography;

namespace OpenShare.Protocol.Discovery;

/// <summary>
/// Tells devices of one account whether they know the same: 32 bits of HMAC-SHA256(account_discovery_key, label, version of
/// the trust root, version of the revocation list), as 8 lower-case hex digits (ADR 0018). Others see that it changes, and
/// nothing else.
/// </summary>
public readonly record struct NewsTag
{
    public const int Length = 8;

    private static ReadOnlySpan<byte> Label => "openshare/news/v1"u8;

    private readonly string? _text;

    private NewsTag(string text) => _text = text;

    /// <param name="revocationList">its version; 0 where none is held</param>
    public static NewsTag Of(ReadOnlySpan<byte> accountDiscoveryKey, uint trustRoot, ulong revocationList)
    {
        Span<byte> input = stackalloc byte[Label.Length + sizeof(uint) + sizeof(ulong)];
        Label.CopyTo(input);
        BinaryPrimitives.WriteUInt32BigEndian(input[Label.Length..], trustRoot);
        BinaryPrimitives.WriteUInt64BigEndian(input[(Label.Length + sizeof(uint))..], revocationList);
        return new NewsTag(Convert.ToHexStringLower(HMACSHA256.HashData(accountDiscoveryKey, input).AsSpan(0, Length / 2)));
    }

    /// <returns>null: not 8 hex digits</returns>
    public static NewsTag? TryParse(string? text) =>
        text is { Length: Length } && text.All(char.IsAsciiHexDigit) ? new NewsTag(text.ToLowerInvariant()) : null;

    public override string ToString() => _text ?? new string('0', Length);
}
