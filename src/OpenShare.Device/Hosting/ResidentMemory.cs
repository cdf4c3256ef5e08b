using OpenShare.Device.Storage.Disk.Linux;

namespace OpenShare.Device.Hosting;

/// <summary>What a process that stays has in memory and does not use: from its start, or from a transfer that is over. Nobody else asks it to let go.</summary>
public static class ResidentMemory
{
    /// <summary>Lets go of it: some tens of milliseconds. On Linux alone, where it was measured.</summary>
    public static void Release()
    {
        // Under wine 8 the runtime ends by its own fault in finalizers of compiled methods, and so sooner the more often they run.
        if (!OperatingSystem.IsLinux())
            return;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        // What keys and certificates took of the C library is freed by their finalizers, and kept by it.
        GC.WaitForPendingFinalizers();
        TrimLibrary();
        AssemblyMappings.Release();
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
