using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Identity;

/// <summary>The account or organisation a device belongs to: 1-64 characters of a-z, 0-9, '.', '_', '-', '@'.</summary>
public readonly record struct AccountId
{
    private readonly string? _value;

    private AccountId(string value) => _value = value;

    public string Value => _value ?? "";

    /// <exception cref="ProtocolException">empty, too long, or another character</exception>
    public static AccountId Parse(string text) =>
        TryParse(text, out var id)
            ? id
            : throw new ProtocolException($"An account is 1 to {Limits.AccountName} characters of a-z, 0-9, '.', '_', '-' and '@'; '{Printable.Shorten(text)}' is not.");

    public static bool TryParse(string? text, out AccountId id)
    {
        id = default;
        if (text is null || text.Length is 0 or > Limits.AccountName || !text.All(IsAllowed))
            return false;
        id = new AccountId(text);
        return true;
    }

    public override string ToString() => Value;

    private static bool IsAllowed(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-' or '@';
}
