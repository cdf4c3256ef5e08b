using System.Globalization;

namespace OpenShare.Registration.Hosting;

/// <summary>A length of time as a person types it: 30s, 15m, 1h, 365d.</summary>
internal static class Duration
{
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
