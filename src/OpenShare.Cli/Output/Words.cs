using System.Globalization;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;

namespace OpenShare.Cli.Output;

/// <summary>Quantities as people read them.</summary>
internal static class Words
{
    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];

    internal static string Bytes(double bytes)
    {
        var unit = 0;
        for (; bytes >= 1024 && unit < Units.Length - 1; unit++)
            bytes /= 1024;
        return bytes.ToString(unit == 0 || bytes >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    /// <summary>Bytes a second, as people write them: 500K, 2M, 1.5G, a number alone.</summary>
    /// <exception cref="UsageException">it is none</exception>
    internal static long Rate(string text) =>
        ByteCount.Parse(text) ?? throw new UsageException($"'{text}' is no rate. Say bytes a second, with K, M or G: 2M is 2 MiB/s.");

    internal static string Seconds(double seconds) =>
        seconds < 60 ? seconds.ToString(seconds < 10 && seconds != Math.Floor(seconds) ? "0.0" : "0", CultureInfo.InvariantCulture) + " s"
        : seconds < 3600 ? $"{(int)seconds / 60} min {(int)seconds % 60} s"
        : $"{(int)seconds / 3600} h {(int)seconds / 60 % 60} min";

    internal static string Count(int count, string one, string many) =>
        count == 1 ? $"1 {one}" : string.Create(CultureInfo.InvariantCulture, $"{count} {many}");

    internal static string Time(DateTimeOffset? time) =>
        time?.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "never";

    /// <summary>The beginning of an id: enough to tell a handful apart, and to type.</summary>
    internal static string Short(string id) => id.Length <= 8 ? id : id[..8];
}
