using System.ComponentModel;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>
/// What a disk does that finds out late that it has no room: the first sync of all that each thread of a process asks for fails, and the next
/// one has nothing to do. strace answers in the system's place.
/// </summary>
internal sealed class FailingSyncs : IDisposable
{
    private readonly RunningProcess _strace;

    private FailingSyncs(RunningProcess strace) => _strace = strace;

    /// <summary>Calls that were answered so.</summary>
    public int Failed => _strace.Errors.Split("(INJECTED)").Length - 1;

    public static async Task<FailingSyncs> OfAsync(int process)
    {
        RunningProcess strace;
        try
        {
            strace = RunningProcess.Start("strace", ["-f", "-e", "trace=syncfs", "-e", "inject=syncfs:error=ENOSPC:when=1", "-p", $"{process}"]);
        }
        catch (Win32Exception)
        {
            throw new SkipException("needs strace (a package)");
        }

        await Eventually.TrueAsync("strace watches", Patience.Short, () => !strace.IsRunning || IsTraced(process));
        if (strace.IsRunning)
            return new FailingSyncs(strace);
        strace.Dispose();
        throw new SkipException("processes cannot be traced here");
    }

    public void Dispose() => _strace.Dispose();

    // Each thread by itself: one that is not watched yet would be told the truth.
    private static bool IsTraced(int process) =>
        Directory.EnumerateDirectories($"/proc/{process}/task").All(t => !File.ReadLines(Path.Combine(t, "status")).Contains("TracerPid:\t0"));
}
