using System.Globalization;
using System.Text;

namespace OpenShare.Cli.Output;

internal static class Printable
{
    /// <summary>Paths from other devices, made safe for a terminal: it obeys control characters.</summary>
    internal static string Line(string text) => Clean(text, keep: "");

    /// <summary>A text of several lines from another device, made so. What joins letters and emoji stays.</summary>
    internal static string Lines(string text) => Clean(text.Replace("\r\n", "\n", StringComparison.Ordinal), keep: "\n\t\u200c\u200d");

    private static string Clean(string text, string keep) => string.Concat(text.EnumerateRunes().Select(c =>
        !keep.Contains(c.ToString(), StringComparison.Ordinal) && Rune.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? Rune.ReplacementChar : c));
}
