using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Wifi;

/// <summary>How long these tests take: tests/run.sh has the short form, tests/long.sh --wifi the whole of it, and a table.</summary>
internal static class Scale
{
    private static readonly string? s_report = Environment.GetEnvironmentVariable("OPENSHARE_WIFI_REPORT");

    public static bool IsWhole { get; } = Environment.GetEnvironmentVariable("OPENSHARE_WIFI") == "whole";

    /// <summary>Bytes of a file whose rate is looked at.</summary>
    public static long Large => IsWhole ? 512 * Samples.MiB : 32 * Samples.MiB;

    /// <summary>Bytes of a file to which something happens on its way.</summary>
    public static long File => IsWhole ? 256 * Samples.MiB : 48 * Samples.MiB;

    /// <summary>A line of the table.</summary>
    public static void Report(string line)
    {
        if (s_report is not null)
            System.IO.File.AppendAllText(s_report, line + '\n');
    }
}
