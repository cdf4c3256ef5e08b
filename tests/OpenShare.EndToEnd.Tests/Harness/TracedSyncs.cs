using System.ComponentModel;
using System.Text.RegularExpressions;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>The syncs that a process asks the system for, as strace sees them.</summary>
internal sealed partial class TracedSyncs : IDisposable
{
    private readonly RunningProcess _strace;

    private TracedSyncs(RunningProcess strace) => _strace = strace;

    /// <summary>Of a single file or directory.</summary>
    public int Single => SingleCall().Count(_strace.Errors);

    /// <summary>Of all that a file system has.</summary>
    public int OfAll => AllCall().Count(_strace.Errors);

    /// <summary>Calls that strace answered in the system's place.</summary>
    public int Failed => _strace.Errors.Split("(INJECTED)").Length - 1;

    public static Task<TracedSyncs> OfAsync(int process) => StartAsync(process, "trace=fsync,fdatasync,syncfs");

    /// <summary>
    /// As a disk does that finds out late that it has no room: the first sync of all that each thread of a process asks for fails, and the next
    /// one has nothing to do.
    /// </summary>
    public static Task<TracedSyncs> FailingOfAsync(int process) => StartAsync(process, "trace=syncfs", "-e", "inject=syncfs:error=ENOSPC:when=1");

    private static async Task<TracedSyncs> StartAsync(int process, params string[] what)
    {
        RunningProcess strace;
        try
        {
            strace = RunningProcess.Start("strace", ["-f", "-e", .. what, "-p", $"{process}"]);
        }
        catch (Win32Exception)
        {
            throw new SkipException("needs strace (a package)");
        }

        await Eventually.TrueAsync("strace watches", Patience.Short, () => !strace.IsRunning || IsTraced(process));
        if (strace.IsRunning)
            return new TracedSyncs(strace);
        strace.Dispose();
        throw new SkipException("processes cannot be traced here");
    }

    public void Dispose() => _strace.Dispose();

    // Each thread by itself: one that is not watched yet would be told the truth.
    private static bool IsTraced(int process) =>
        Directory.EnumerateDirectories($"/proc/{process}/task").All(t => !File.ReadLines(Path.Combine(t, "status")).Contains("TracerPid:\t0"));

    [GeneratedRegex(@"\b(fsync|fdatasync)\(")]
    private static partial Regex SingleCall();

    [GeneratedRegex(@"\bsyncfs\(")]
    private static partial Regex AllCall();
}
