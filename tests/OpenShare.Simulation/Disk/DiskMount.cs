using OpenShare.Device.Storage.Disk;

namespace OpenShare.Simulation.Disk;

/// <summary>The process that used this disk is no more: nothing it had still under way has any effect.</summary>
public sealed class ProcessGoneException() : Exception("The process is gone.");

/// <summary>The disk as one process has it: every access passes here first.</summary>
/// <param name="process">that of which this is one open directory; null: this is all of it</param>
internal sealed class DiskMount(SimulatedDisk disk, DiskMount? process = null)
{
    private readonly int _pulls = disk.Pulls;
    private bool _isGone;

    internal SimulatedDisk Disk { get; } = disk;

    internal DiskTree Tree => Disk.Tree;

    internal bool IsGone
    {
        get => process?.IsGone ?? _isGone;
        set => _isGone = value;
    }

    /// <summary>What is opened now, and is of no use any more once the disk is pulled out, also when it is back.</summary>
    internal DiskMount Opened() => new(Disk, process ?? this);

    /// <summary>Before anything is looked at.</summary>
    internal Lock.Scope Look() => Enter(() => Disk.Spend(0));

    /// <summary>Before bytes or names are read.</summary>
    internal Lock.Scope Read(string path, long bytes) => Enter(() =>
    {
        Disk.Spend(bytes);
        if (Disk.Fails(Disk.ReadErrors))
            throw DiskFault.Of(Errno.InputOutput, path);
    });

    /// <summary>Before anything is changed or synced.</summary>
    internal Lock.Scope Change(string path, long bytes = 0) => Enter(() =>
    {
        Disk.Spend(bytes);
        Disk.Announce();
        // Whoever was told may have ended the process.
        ThrowIfGone();
        if (Disk.Fails(Disk.WriteErrors))
            throw DiskFault.Of(Errno.InputOutput, path);
    });

    /// <summary>Before anything is synced.</summary>
    internal Lock.Scope Sync(string path)
    {
        try
        {
            return Change(path);
        }
        catch (DiskFault fault) when (fault.Problem is DiskProblem.Lost)
        {
            throw DiskFault.OfSync(Errno.InputOutput, path);
        }
    }

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
        if (Disk.IsPulled || (process is not null && Disk.Pulls != _pulls))
            throw DiskFault.Of(Errno.InputOutput, "a disk that was pulled out");
    }
}
