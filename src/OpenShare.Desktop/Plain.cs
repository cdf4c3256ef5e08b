using System.Globalization;
using System.Text;

namespace OpenShare.Desktop;

/// <summary>Words of other devices on this person's screen.</summary>
internal static class Plain
{
    private const int Longest = 120;

    /// <summary>One line, of what can be seen: what turns the direction of writing could show another name than it is.</summary>
    internal static string Line(string text)
    {
        var line = string.Concat(text.EnumerateRunes().Select(c => Rune.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate ? Rune.ReplacementChar : c));
        var elements = new StringInfo(line);
        return elements.LengthInTextElements > Longest ? elements.SubstringByTextElements(0, Longest) + "…" : line;
    }

    /// <summary>For a notification server that takes markup.</summary>
    internal static string Escaped(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
