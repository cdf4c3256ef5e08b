using System.Globalization;

namespace OpenShare.Agent.Hosting;

/// <summary>A number of bytes as people write it: 500K, 2M, 1.5G, a number alone.</summary>
public static class ByteCount
{
    /// <returns>at least 1; null: it is none</returns>
    public static long? Parse(string text)
    {
        var unit = text.Length == 0 ? -1 : "KMG".IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal);
        return double.TryParse(unit < 0 ? text : text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * Math.Pow(1024, unit + 1) is >= 1 and < long.MaxValue and var bytes
                ? (long)bytes : null;
    }
}
