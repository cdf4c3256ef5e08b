using System.Globalization;

namespace OpenShare.Cli.Output;

internal static class Printable
{
    /// <summary>Paths from other devices, made safe for a terminal: it obeys control characters.</summary>
    internal static string Line(string text) => string.Concat(text.Select(c =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? '\uFFFD' : c));
}
