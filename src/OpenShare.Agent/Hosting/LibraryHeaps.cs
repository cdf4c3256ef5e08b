using System.Text;

namespace OpenShare.Agent.Hosting;

/// <summary>
/// One heap of the GNU C library in a process that stays, and not one for each thread, and what is freed of it goes back to the system: the compiler, the
/// database and keys leave megabytes. The library reads these once, before any of the program runs: mallopt(3) comes too late.
/// </summary>
/// <remarks>Source: mallopt(3). ADR 0048 has what it gained.</remarks>
public static class LibraryHeaps
{
    private static readonly (string Name, string Value)[] s_variables =
        [("MALLOC_ARENA_MAX", "1"), ("MALLOC_MMAP_THRESHOLD_", "32768"), ("MALLOC_TRIM_THRESHOLD_", "65536"), ("MALLOC_TOP_PAD_", "16384")];

    // What a privileged process is given of the library's own variables is taken from it: it would begin for ever.
    private const string Begun = "OPENSHARE_HEAPS_SET";

    /// <summary>For the program that this process becomes. What a person has set stays.</summary>
    public static void SetVariables()
    {
        foreach (var (name, value) in s_variables)
            ProcessImage.SetVariable(name, value, overwrites: false);
    }

    /// <summary>Begins this program anew with these, unless it was begun so, and keeps them from what it starts: a browser is to have its own heaps.</summary>
    /// <remarks>It takes what a runtime takes to start, some 60 ms: after this, what was done before is done once more.</remarks>
    public static void Settle()
    {
        if (!OperatingSystem.IsLinux())
            return;
        if (Environment.GetEnvironmentVariable(Begun) is null && Environment.GetEnvironmentVariable(s_variables[0].Name) is null && Arguments() is { } arguments)
        {
            SetVariables();
            LeaveDiagnostics();
            ProcessImage.SetVariable(Begun, "1", overwrites: true);
            // What it says of a failure is nobody's concern: then it goes on as it is, in a few megabytes more.
            ProcessImage.Become(Environment.ProcessPath!, arguments);
        }
        Environment.SetEnvironmentVariable(Begun, null);
        foreach (var (name, value) in s_variables)
        {
            if (Environment.GetEnvironmentVariable(name) == value)
                Environment.SetEnvironmentVariable(name, null);
        }
    }

    // The runtime that begins in this process listens for its tools at the same name, and does not where there is a file already.
    private static void LeaveDiagnostics()
    {
        try
        {
            foreach (var socket in Directory.EnumerateFiles(Path.GetTempPath(), $"dotnet-diagnostic-{Environment.ProcessId}-*-socket"))
                File.Delete(socket);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it goes on without.
        }
    }

    // Of the program itself, before which the runtime has its own.
    private static string[]? Arguments()
    {
        try
        {
            return File.ReadAllText("/proc/self/cmdline", Encoding.UTF8).Split('\0') is [_, .. var arguments, ""] ? arguments : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
