using System.Globalization;

namespace OpenShare.Cli.Output;

internal static class Printable
{
    /// <summary>Paths from other devices, made safe for a terminal: it obeys control characters.</summary>
    internal static string Line(string text) => Clean(text, keep: "");

    /// <summary>A text of several lines from another device, made so.</summary>
    internal static string Lines(string text) => Clean(text.Replace("\r\n", "\n", StringComparison.Ordinal), keep: "\n\t");

    private static string Clean(string text, string keep) => string.Concat(text.Select(c =>
        !keep.Contains(c, StringComparison.Ordinal) && char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? '\uFFFD' : c));
}
