namespace OpenShare.Device.Storage.Disk;

/// <summary>What can be wrong with a disk, a directory or a file: the closed set a caller decides by.</summary>
public enum DiskProblem
{
    None,

    /// <summary>Nothing can be written now: no room, or the user's quota is used up. That can be mended, and the same call made again.</summary>
    Full,

    /// <summary>
    /// It is mounted for reading only, perhaps by the system, since it does not answer. Mounted anew it can be written; what was opened before may not.
    /// </summary>
    ReadOnly,

    /// <summary>
    /// It does not answer: unplugged, its server gone, or broken. What was written and not synced may be lost with it; what is durable is
    /// there when it is.
    /// </summary>
    Lost,

    /// <summary>Not permitted to read or write there.</summary>
    Denied,

    /// <summary>It is not there, or no longer.</summary>
    Missing,

    /// <summary>The directory that an earlier run began in is not there, or not to be entered. Its disk may be mounted later, and the same call made again.</summary>
    Away,

    /// <summary>The file is not the one it was: size, times, inode or device differ.</summary>
    Changed,

    /// <summary>This name cannot be stored here: too long, a case twin on a folding file system, reserved, taken by another kind.</summary>
    NameRefused,

    /// <summary>A symbolic link stands where the path leads through; it was not followed.</summary>
    LinkInTheWay,

    /// <summary>Something stands under this name already, and nothing is to be written there.</summary>
    Taken,

    /// <summary>Any other failure of the disk; the detail says which.</summary>
    Failed,
}

/// <summary>How a disk operation ended. The detail is for a person and names the file.</summary>
public readonly record struct DiskResult(DiskProblem Problem, string Detail)
{
    public static readonly DiskResult Done = new(DiskProblem.None, "");

    public bool IsDone => Problem is DiskProblem.None;

    /// <summary>It can be mended, and is waited for.</summary>
    public bool IsWaitedFor => Problem is DiskProblem.Full or DiskProblem.ReadOnly or DiskProblem.Lost;

    /// <summary>A failure of the disk and not of this one entry: the next would find the same.</summary>
    public bool IsOfDisk => IsWaitedFor || Problem is DiskProblem.Failed;
}

/// <summary>A value, or why there is none.</summary>
public readonly record struct DiskResult<T>(T? Value, DiskProblem Problem, string Detail) where T : class
{
    public DiskResult(T value) : this(value, DiskProblem.None, "") { }

    public DiskResult(DiskResult failure) : this(null, failure.Problem, failure.Detail) { }

    public bool IsDone => Problem is DiskProblem.None;
}
