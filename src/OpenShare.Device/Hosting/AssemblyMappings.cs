using System.Globalization;
using OpenShare.Device.Storage.Disk.Linux;

namespace OpenShare.Device.Hosting;

/// <summary>
/// The runtime maps each assembly twice, as a file to see what it is, and in parts to run it. The first mapping stays, and its pages are
/// counted as this process's, a second time: some 25 MiB of an agent.
/// </summary>
internal static class AssemblyMappings
{
    private const int DontNeed = 4;

    /// <summary>
    /// Lets go of the pages that assemblies were read by; for Linux. No byte is lost, as the mappings are shared and read only: what is
    /// looked at again comes from the page cache (madvise(2)).
    /// </summary>
    internal static void Release()
    {
        try
        {
            foreach (var line in File.ReadLines("/proc/self/maps"))
                Release(line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without /proc there is that much more memory, and nothing else.
        }
    }

    /// <param name="line">a line of proc_pid_maps(5)</param>
    private static void Release(ReadOnlySpan<char> line)
    {
        if (!line.Contains(" r--s ", StringComparison.Ordinal) || !line.EndsWith(".dll", StringComparison.Ordinal))
            return;
        int dash = line.IndexOf('-'), blank = line.IndexOf(' ');
        var start = nint.Parse(line[..dash], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var end = nint.Parse(line[(dash + 1)..blank], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        _ = Libc.Madvise(start, end - start, DontNeed);
    }
}
