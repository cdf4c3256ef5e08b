using System.Globalization;

namespace OpenShare.Registration.Hosting;

/// <summary>A length of time as a person types it: 30s, 15m, 1h, 365d.</summary>
internal static class Duration
{
    /// <summary>As a person would type it: in the largest unit of which it is a whole number.</summary>
    public static string Text(TimeSpan duration) => (long)duration.TotalSeconds switch
    {
        var s when s % 86400 == 0 => string.Create(CultureInfo.InvariantCulture, $"{s / 86400}d"),
        var s when s % 3600 == 0 => string.Create(CultureInfo.InvariantCulture, $"{s / 3600}h"),
        var s when s % 60 == 0 => string.Create(CultureInfo.InvariantCulture, $"{s / 60}m"),
        var s => string.Create(CultureInfo.InvariantCulture, $"{s}s"),
    };

    public static TimeSpan? TryParse(string text)
    {
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
            return null;
        long? seconds = text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86400,
            _ => null,
        };
        // A hundred years: further than any certificate goes, and far from where dates end.
        return seconds * count is { } total and <= 100L * 366 * 86400 ? TimeSpan.FromSeconds(total) : null;
    }
}
