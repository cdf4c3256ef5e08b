using System.Text.RegularExpressions;
using OpenShare.Device.Hosting;

namespace OpenShare.Device.Tests.Hosting;

public sealed partial class AssemblyMappingsTests
{
    [SkippableFact]
    public void What_assemblies_were_read_by_is_no_memory_of_the_process_any_more()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Linux alone says what a process has mapped.");
        _ = typeof(System.Linq.Expressions.Expression).Assembly.GetTypes();
        var before = ReadPages();

        AssemblyMappings.Release();

        Assert.InRange(before, 1024, long.MaxValue);
        Assert.InRange(ReadPages(), 0, before / 4);
        // Whoever looks again finds all that was there.
        Assert.NotEmpty(typeof(System.Linq.Expressions.Expression).Assembly.GetTypes());
    }

    /// <returns>KiB in memory of the assemblies that are mapped as files</returns>
    private static long ReadPages()
    {
        var all = File.ReadAllText("/proc/self/smaps");
        return OfOne().Matches(all).Sum(m => long.Parse(m.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@" r--s .*\.dll\n(?:Size|KernelPageSize|MMUPageSize):.*\n(?:(?:KernelPageSize|MMUPageSize):.*\n)*Rss: +(\d+) kB")]
    private static partial Regex OfOne();
}
