using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk;

/// <summary>What stands under a name that an entry wants.</summary>
/// <param name="Identity">of a file that is the same, or could be replaced, as it was when looked at; nothing's where no file stands there</param>
public readonly record struct Standing(StandingKind Kind, FileIdentity Identity);

public enum StandingKind
{
    Nothing,

    /// <summary>A directory, a link to the same target, a file of the same size: what it holds is for others to compare.</summary>
    Same,

    /// <summary>A file or link where a file or link is to be: it can be replaced in one step.</summary>
    Replaceable,

    /// <summary>A directory where a file is to be, or the reverse, or anything else that is never replaced.</summary>
    InTheWay,
}

/// <summary>How <see cref="IDestination.Complete"/> deals with names that are taken.</summary>
/// <param name="Policy">rename: a top whose name is taken gets another, whole; skip and overwrite: directories are merged, entry by entry</param>
/// <param name="There">numbers of entries that are left as they stand in the destination; nothing of them need be staged</param>
public sealed record Conflicts(ConflictPolicy Policy, IReadOnlySet<uint> There)
{
    public static readonly Conflicts None = new(ConflictPolicy.Rename, new HashSet<uint>());
}
