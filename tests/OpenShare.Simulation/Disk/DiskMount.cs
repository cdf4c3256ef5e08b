using OpenShare.Device.Storage.Disk;

namespace OpenShare.Simulation.Disk;

/// <summary>The process that used this disk is no more: nothing it had still under way has any effect.</summary>
public sealed class ProcessGoneException() : Exception("The process is gone.");

/// <summary>The disk as one process has it: every access passes here first.</summary>
internal sealed class DiskMount(SimulatedDisk disk)
{
    private const int InputOutput = 5;

    internal SimulatedDisk Disk { get; } = disk;

    internal DiskTree Tree => Disk.Tree;

    internal bool IsGone { get; set; }

    /// <summary>Before anything is looked at.</summary>
    internal Lock.Scope Look() => Enter(() => Disk.Spend(0));

    /// <summary>Before bytes or names are read.</summary>
    internal Lock.Scope Read(string path, long bytes) => Enter(() =>
    {
        Disk.Spend(bytes);
        if (Disk.Fails(Disk.ReadErrors))
            throw DiskFault.Of(InputOutput, path);
    });

    /// <summary>Before anything is changed or synced.</summary>
    internal Lock.Scope Change(string path, long bytes = 0) => Enter(() =>
    {
        Disk.Spend(bytes);
        Disk.Announce();
        // Whoever was told may have ended the process.
        ThrowIfGone();
        if (Disk.Fails(Disk.WriteErrors))
            throw DiskFault.Of(InputOutput, path);
    });

    private Lock.Scope Enter(Action check)
    {
        var scope = Disk.Gate.EnterScope();
        try
        {
            ThrowIfGone();
            check();
            return scope;
        }
        catch
        {
            scope.Dispose();
            throw;
        }
    }

    private void ThrowIfGone()
    {
        if (IsGone)
            throw new ProcessGoneException();
    }
}
