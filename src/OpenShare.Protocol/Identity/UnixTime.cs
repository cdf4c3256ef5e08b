namespace OpenShare.Protocol.Identity;

/// <summary>Unix seconds from outside, bounded before they become a time.</summary>
internal static class UnixTime
{
    // The year 9999 is where DateTimeOffset ends.
    private const long Last = 253_402_300_799;

    internal static DateTimeOffset Read(long seconds, string what) =>
        seconds is >= 0 and <= Last
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new ProtocolException($"The {what} {seconds} is no time between 1970 and 9999.");
}
