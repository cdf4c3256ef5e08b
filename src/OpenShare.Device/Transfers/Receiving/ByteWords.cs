using System.Globalization;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>Sizes as a person reads them: "1.5 GiB".</summary>
internal static class ByteWords
{
    private static readonly string[] Units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <param name="up">what is needed is rounded up and what is there down, so that a lack never reads as none</param>
    internal static string Of(long bytes, bool up)
    {
        if (bytes < 1024)
            return string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
        var unit = 0;
        var size = bytes / 1024m;
        for (; size >= 1024 && unit < Units.Length - 1; unit++)
            size /= 1024;
        var step = size < 100 ? 10m : 1m;
        var rounded = (up ? Math.Ceiling(size * step) : Math.Floor(size * step)) / step;
        return string.Create(CultureInfo.InvariantCulture, $"{rounded:0.#} {Units[unit]}");
    }
}
