using System.Globalization;

namespace OpenShare.Device.Transfers;

/// <summary>The file that a text becomes: "Text from NAME 2026-11-26 21.50.txt".</summary>
internal static class TextName
{
    // No file system of a receiver's is to stumble over it.
    private static readonly char[] Hostile = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

    /// <param name="device">the sender's name: of its at most 64 characters the longest fit into one of a file</param>
    /// <param name="at">in the sender's own time zone</param>
    internal static string Of(string device, DateTimeOffset at)
    {
        var end = at.ToString(" yyyy-MM-dd HH.mm'.txt'", CultureInfo.InvariantCulture);
        var name = string.Concat(device.Select(c => Hostile.Contains(c) ? '-' : c));
        return $"Text from {name}{end}";
    }
}
