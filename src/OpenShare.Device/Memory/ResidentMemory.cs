using OpenShare.Device.Storage.Disk.Linux;

namespace OpenShare.Device.Memory;

/// <summary>What a process that stays has in memory and does not use: from its start, or from a transfer that is over. Nobody else asks it to let go.</summary>
public sealed class ResidentMemory
{
    /// <summary>How often <see cref="Release"/> is to be called.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    // Once a minute.
    private const int AllEvery = 30;

    // What an idle agent uses in minutes.
    private static readonly TimeSpan s_work = TimeSpan.FromMilliseconds(250);

    private int _calls;
    private TimeSpan _used;

    /// <summary>All of it at each thirtieth call, and in between what assemblies have in memory, where the process has worked since.</summary>
    public void Release()
    {
        if (++_calls % AllEvery == 0)
            ReleaseAll();
        else if (Environment.CpuUsage.TotalTime - _used >= s_work)
            ReleaseAssemblies();
    }

    /// <summary>Takes some tens of milliseconds.</summary>
    public void ReleaseAll()
    {
        ReleaseAssemblies();
        // Last: what was read to know the mappings is garbage by now.
        if (OperatingSystem.IsLinux())
            ReleaseHeaps();
    }

    // On Linux alone, where it was measured. Under wine 8 the runtime ends by its own fault in finalizers of compiled methods, and so sooner the more
    // often they run.
    private void ReleaseAssemblies()
    {
        _used = Environment.CpuUsage.TotalTime;
        if (OperatingSystem.IsLinux())
            AssemblyMappings.Release();
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
