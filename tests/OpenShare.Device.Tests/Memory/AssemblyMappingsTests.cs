using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
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
        // Of one that nothing else in this process is looking at: the compiler reads of others meanwhile.
        var assembly = typeof(Expression).Assembly;
        Assert.Equal(3, Expression.Lambda<Func<int>>(Expression.Add(Expression.Constant(1), Expression.Constant(2))).Compile()());
        Assert.NotEmpty(assembly.GetTypes());
        var (read, run) = (PagesOf("r--s", assembly), PagesOf("r-xp", assembly));

        AssemblyMappings.Release();

        Assert.InRange(read, 128, long.MaxValue);
        Assert.InRange(run, 128, long.MaxValue);
        Assert.InRange(PagesOf("r--s", assembly), 0, read / 4);
        Assert.InRange(PagesOf("r-xp", assembly), 0, run / 4);
        // Whoever looks again finds all that was there.
        Assert.NotEmpty(assembly.GetTypes());
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

    /// <returns>KiB in memory of what is mapped so of it</returns>
    private static long PagesOf(string kind, Assembly assembly)
    {
        var all = File.ReadAllText("/proc/self/smaps");
        return OfOne().Matches(all).Where(m => m.Groups[1].ValueSpan.SequenceEqual(kind) && m.Groups[2].Value == assembly.Location).Sum(m => long.Parse(m.Groups[3].ValueSpan, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@" (\S{4}) [^/\n]*(/.*\.dll)\n(?:Size|KernelPageSize|MMUPageSize):.*\n(?:(?:KernelPageSize|MMUPageSize):.*\n)*Rss: +(\d+) kB")]
    private static partial Regex OfOne();

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Mmap(nint at, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Mprotect(nint at, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Munmap(nint at, nint length);
}
