using System.Globalization;
using System.Text;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Identity;

/// <summary>Text from outside made safe to show: no control characters (a terminal obeys those), a bounded length.</summary>
public static class Printable
{
    /// <param name="max">UTF-16 code units, the ellipsis not counted; a character is never cut in two</param>
    public static string Shorten(string? text, int max = Limits.Detail)
    {
        var clean = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > max)
                return clean.Append('…').ToString();
            clean.Append((IsUnprintable(rune) ? Rune.ReplacementChar : rune).ToString());
        }
        return clean.ToString();
    }

    /// <summary>1-64 UTF-16 code units, none of them a control or formatting character or half a surrogate pair, no space at either end.</summary>
    public static bool IsDeviceName(string? name) =>
        name is { Length: > 0 and <= Limits.DeviceName } && IsWellFormed(name)
        && !name.EnumerateRunes().Any(IsUnprintable) && name.Trim().Length == name.Length;

    // Whole characters, not UTF-16 units: invisible tag characters lie beyond the first 65536.
    // Format characters include the bidirectional overrides with which a name can be made to read as another.
    private static bool IsUnprintable(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator;

    private static bool IsWellFormed(string text)
    {
        for (var at = 0; at < text.Length; at += char.IsSurrogate(text[at]) ? 2 : 1)
        {
            if (!Rune.TryGetRuneAt(text, at, out _))
                return false;
        }
        return true;
    }
}
