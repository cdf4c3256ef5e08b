using System.Globalization;
using System.Text;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers;

/// <summary>The file that a text becomes: "Text from NAME 2026-11-26 21.50.txt".</summary>
internal static class TextName
{
    // No file system of a receiver's is to stumble over it.
    private static readonly char[] Hostile = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

    /// <param name="device">the sender's name</param>
    /// <param name="at">in the sender's own time zone</param>
    internal static string Of(string device, DateTimeOffset at)
    {
        var end = at.ToString(" yyyy-MM-dd HH.mm'.txt'", CultureInfo.InvariantCulture);
        var name = string.Concat(device.Select(c => Hostile.Contains(c) ? '-' : c));
        while (Encoding.UTF8.GetByteCount(name) > Limits.PathComponent - end.Length - "Text from ".Length)
            name = name[..^(char.IsLowSurrogate(name[^1]) ? 2 : 1)];
        return $"Text from {name}{end}";
    }
}
