using System.Globalization;
using OpenShare.Device.Storage.Disk.Linux;

namespace OpenShare.Device.Memory;

/// <summary>
/// The runtime maps each assembly twice: as a file to see what it is, and in parts to run it. Of both stays in memory what was looked at once,
/// most of it at the start, and is counted as this process's: some 25 and 30 MiB of an agent.
/// </summary>
internal static class AssemblyMappings
{
    private const int DontNeed = 4;

    /// <summary>
    /// Lets go of the pages that assemblies were read by, and of their code; for Linux. Only where none was ever written: then no byte is lost,
    /// and what is looked at or run again comes from the page cache (madvise(2)). Not of libraries: into its own code the runtime may write.
    /// </summary>
    internal static void Release()
    {
        try
        {
            Release(File.ReadLines("/proc/self/smaps"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without /proc there is that much more memory, and nothing else.
        }
    }

    /// <param name="lines">of proc_pid_smaps(5): of each mapping what it is of, then what it has, and its flags last</param>
    private static void Release(IEnumerable<string> lines)
    {
        (nint Start, nint End)? mapping = null;
        foreach (var line in lines)
        {
            if (line.EndsWith(".dll", StringComparison.Ordinal))
            {
                mapping = RangeOf(line);
            }
            // Written once, a page is this process's own and nowhere else.
            else if (IsOfOwnPages(line) && !line.EndsWith(" 0 kB", StringComparison.Ordinal))
            {
                mapping = null;
            }
            else if (mapping is var (start, end) && line.StartsWith("VmFlags:", StringComparison.Ordinal))
            {
                mapping = null;
                _ = Libc.Madvise(start, end - start, DontNeed);
            }
        }
    }

    private static bool IsOfOwnPages(string line) =>
        line.StartsWith("Anonymous:", StringComparison.Ordinal) || line.StartsWith("Swap:", StringComparison.Ordinal);

    /// <returns>null: of what may be written now</returns>
    private static (nint Start, nint End)? RangeOf(ReadOnlySpan<char> line)
    {
        int dash = line.IndexOf('-'), blank = line.IndexOf(' ');
        if (line[blank + 2] == 'w')
            return null;
        return (Address(line[..dash]), Address(line[(dash + 1)..blank]));
    }

    private static nint Address(ReadOnlySpan<char> digits) => nint.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
