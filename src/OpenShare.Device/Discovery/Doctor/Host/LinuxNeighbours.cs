using System.Globalization;
using System.Net;

namespace OpenShare.Device.Discovery.Doctor.Host;

/// <summary>
/// The kernel's table of IPv4 neighbours: who did not even answer the question for its hardware address is not on the link. That
/// an entry is complete says less: it may be from before.
/// </summary>
internal static class LinuxNeighbours
{
    private const string Table = "/proc/net/arp";
    private const int AddressColumn = 0, FlagsColumn = 2;
    private const int Complete = 0x2;

    /// <returns>true: it was asked for, and nobody has that address</returns>
    internal static bool IsMissing(IPAddress address)
    {
        try
        {
            return File.ReadLines(Table).Skip(1)
                .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Any(c => c.Length > FlagsColumn && c[AddressColumn] == address.ToString() && IsIncomplete(c[FlagsColumn]));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsIncomplete(string flags) =>
        flags.StartsWith("0x", StringComparison.Ordinal) && int.TryParse(flags.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits) && (bits & Complete) == 0;
}
