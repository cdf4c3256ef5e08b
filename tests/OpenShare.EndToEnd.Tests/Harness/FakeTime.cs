using System.Globalization;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>A wrong clock for one process, by Debian's libfaketime.</summary>
internal static class FakeTime
{
    /// <param name="by">negative: it is ahead</param>
    public static Dictionary<string, string> Late(TimeSpan by)
    {
        var library = Directory.Exists("/usr/lib")
            ? Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu").Select(d => Path.Combine(d, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
            : null;
        Skip.If(library is null, "needs faketime (a package)");
        return new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library!,
            ["FAKETIME"] = string.Create(CultureInfo.InvariantCulture, $"{(by < TimeSpan.Zero ? '+' : '-')}{by.Duration().TotalSeconds:0}s"),
            // Timers go by the monotonic clock, and that one stays right; without the second, whoever waits for a time spins (libfaketime 0.9.10).
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        };
    }
}
