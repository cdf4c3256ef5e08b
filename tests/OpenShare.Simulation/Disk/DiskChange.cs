namespace OpenShare.Simulation.Disk;

public enum DiskChangeKind
{
    /// <summary>A directory, an empty file or a link stands under this name from now on.</summary>
    Made,
    Written,
    Renamed,
    Removed,

    /// <summary>It got its time and mode.</summary>
    Finished,
}

/// <summary>What a process did to a disk; what its user did is none of these.</summary>
/// <param name="Path">from the root, as it is now</param>
/// <param name="From">of a rename, what it was</param>
/// <param name="Offset">of a write, in bytes</param>
/// <param name="Length">of a write, in bytes</param>
public sealed record DiskChange(DiskChangeKind Kind, string Path, string From, long Offset, int Length);

/// <summary>What stands under a name.</summary>
/// <param name="Path">relative to where was looked; '/' between components</param>
/// <param name="Bytes">null: no file</param>
/// <param name="LinkTarget">null: no link</param>
/// <param name="Mode">permission bits</param>
/// <param name="MtimeNs">since the Unix epoch</param>
public sealed record DiskEntry(string Path, byte[]? Bytes, string? LinkTarget, uint Mode, long MtimeNs)
{
    public bool IsDirectory => Bytes is null && LinkTarget is null;
}
