using OpenShare.Device.Storage.Disk.Linux;

namespace OpenShare.Device.Hosting;

/// <summary>What a process that stays has in memory and does not use: from its start, or from a transfer that is over. Nobody else asks it to let go.</summary>
public sealed class ResidentMemory
{
    /// <summary>How often <see cref="Release"/> is to be called.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    // Once a minute.
    private const int AllEvery = 12;

    // What an idle agent uses in minutes.
    private static readonly TimeSpan s_work = TimeSpan.FromMilliseconds(250);

    private int _calls;
    private TimeSpan _used;

    /// <summary>
    /// Lets go of all of it at each twelfth call, which takes some tens of milliseconds, and in between of what assemblies have in memory, where
    /// the process has worked since. On Linux alone, where it was measured.
    /// </summary>
    public void Release()
    {
        // Under wine 8 the runtime ends by its own fault in finalizers of compiled methods, and so sooner the more often they run.
        if (!OperatingSystem.IsLinux())
            return;
        var used = Environment.CpuUsage.TotalTime;
        var isTimeForAll = _calls++ % AllEvery == 0;
        if (!isTimeForAll && used - _used < s_work)
            return;
        _used = used;
        AssemblyMappings.Release();
        // Last: what was read to know the mappings is garbage by now.
        if (isTimeForAll)
            ReleaseHeaps();
    }

    private static void ReleaseHeaps()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        // What keys and certificates took of the C library is freed by their finalizers, and kept by it.
        GC.WaitForPendingFinalizers();
        TrimLibrary();
    }

    private static void TrimLibrary()
    {
        try
        {
            _ = Libc.MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Only the GNU library keeps so much, and has it.
        }
    }
}
