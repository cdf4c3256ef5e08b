using System.Security.Cryptography;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery;

/// <summary>
/// What a device announces of its account: 64 bits of HMAC-SHA256(account_discovery_key, label), as 16 lower-case
/// hex digits. Without the key it says nothing of the account, not even to who guesses its name.
/// </summary>
public readonly record struct AccountHash
{
    public const int Length = 16;

    /// <summary>Bytes of an account_discovery_key at least.</summary>
    public const int KeyMinimum = 16;

    private static ReadOnlySpan<byte> Label => "openshare/acct-hash/v1"u8;

    /// <summary>What a device announces that shows itself to be paired: it has no account, and everybody knows this one's key.</summary>
    public static readonly AccountHash Unpaired = FromKey("openshare/unpaired/v1"u8);

    private readonly string? _text;

    private AccountHash(string text) => _text = text;

    /// <exception cref="ProtocolException">a key of fewer than 16 bytes</exception>
    public static AccountHash FromKey(ReadOnlySpan<byte> accountDiscoveryKey) =>
        accountDiscoveryKey.Length >= KeyMinimum
            ? new AccountHash(Convert.ToHexStringLower(HMACSHA256.HashData(accountDiscoveryKey, Label).AsSpan(0, Length / 2)))
            : throw new ProtocolException($"An account discovery key is at least {KeyMinimum} bytes; this one has {accountDiscoveryKey.Length}.");

    /// <exception cref="ProtocolException">not 16 hex digits</exception>
    public static AccountHash Parse(string text) =>
        TryParse(text, out var hash) ? hash : throw new ProtocolException($"An account hash is {Length} hex digits; '{Printable.Shorten(text, 40)}' is not.");

    public static bool TryParse(string? text, out AccountHash hash)
    {
        var valid = text is { Length: Length } && text.All(char.IsAsciiHexDigit);
        hash = valid ? new AccountHash(text!.ToLowerInvariant()) : default;
        return valid;
    }

    public override string ToString() => _text ?? new string('0', Length);
}
