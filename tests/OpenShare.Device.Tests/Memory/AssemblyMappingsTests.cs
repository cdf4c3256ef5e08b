using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using OpenShare.Device.Hosting;
using OpenShare.Device.Memory;
using OpenShare.Device.Tests.Support;

namespace OpenShare.Device.Tests.Memory;

[Collection(nameof(Alone))]
public sealed partial class AssemblyMappingsTests
{
    private const int Readable = 1;
    private const int Writable = 2;
    private const int Private = 2;

    [SkippableFact]
    public void What_assemblies_were_read_and_run_by_is_no_memory_of_the_process_any_more()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Linux alone says what a process has mapped.");
        _ = typeof(System.Linq.Expressions.Expression).Assembly.GetTypes();
        var (read, run) = (PagesOf("r--s"), PagesOf("r-xp"));

        AssemblyMappings.Release();

        Assert.InRange(read, 1024, long.MaxValue);
        Assert.InRange(run, 1024, long.MaxValue);
        Assert.InRange(PagesOf("r--s"), 0, read / 4);
        Assert.InRange(PagesOf("r-xp"), 0, run * 3 / 4);
        // Whoever looks again finds all that was there.
        Assert.NotEmpty(typeof(System.Linq.Expressions.Expression).Assembly.GetTypes());
    }

    /// <summary>A relocation, a breakpoint: it is nowhere else.</summary>
    [SkippableFact]
    public unsafe void What_was_written_into_an_assembly_stays()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Linux alone lets a process say what it does not need.");
        using var file = File.OpenHandle(typeof(object).Assembly.Location);
        var mapping = Mmap(0, Environment.SystemPageSize, Readable | Writable, Private, (int)file.DangerousGetHandle(), 0);
        Assert.NotEqual(-1, mapping);
        try
        {
            *(byte*)mapping ^= 0xFF;
            var written = *(byte*)mapping;
            Assert.Equal(0, Mprotect(mapping, Environment.SystemPageSize, Readable));

            AssemblyMappings.Release();

            Assert.Equal(written, *(byte*)mapping);
        }
        finally
        {
            _ = Munmap(mapping, Environment.SystemPageSize);
        }
    }

    /// <returns>KiB in memory of the assemblies that are mapped so</returns>
    private static long PagesOf(string kind)
    {
        var all = File.ReadAllText("/proc/self/smaps");
        return OfOne().Matches(all).Where(m => m.Groups[1].ValueSpan.SequenceEqual(kind)).Sum(m => long.Parse(m.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@" (\S{4}) .*\.dll\n(?:Size|KernelPageSize|MMUPageSize):.*\n(?:(?:KernelPageSize|MMUPageSize):.*\n)*Rss: +(\d+) kB")]
    private static partial Regex OfOne();

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Mmap(nint at, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Mprotect(nint at, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Munmap(nint at, nint length);
}
