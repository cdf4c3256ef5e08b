using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk;

/// <summary>
/// Where one transfer arrives. All is written to a hidden staging directory inside the destination and appears
/// under its own name only when whole, by one rename for each file or tree. Write, Read and Sync may be called
/// on several threads at once, and Prepare on one beside them; the rest while nothing else runs.
/// </summary>
public interface IDestination : IDisposable
{
    /// <summary>Names the file system: destinations of the same name share their free bytes.</summary>
    string FileSystem { get; }

    /// <summary>By which the directory is known again that all arrives in.</summary>
    FileKey Directory { get; }

    /// <summary>Bytes that this user may still write there; <see cref="long.MaxValue"/> where nobody can tell.</summary>
    long AvailableBytes { get; }

    /// <summary>
    /// Files of so many bytes and more have all their room once they are prepared; those below take it as they are written.
    /// <see cref="long.MaxValue"/> where the file system gives none in advance. Holds for what was prepared so far, and not for what is sparse.
    /// </summary>
    long RoomTakenFrom { get; }

    /// <summary>
    /// Which of these files, prepared before, are not there any more: Prepare would make them anew, full of zeros, so first
    /// a chunk map has to say that their chunks are lost.
    /// </summary>
    IReadOnlyList<uint> FindMissing(IEnumerable<DestinationEntry> files);

    /// <summary>Makes directories and files, and takes the space of large files. Again for the same entries: no harm.</summary>
    /// <returns>
    /// Full or Failed: nothing more can be prepared now. Else done, with the entries that cannot be stored here, each by name,
    /// and the files that were made anew: a chunk map that names chunks of those is wrong.
    /// </returns>
    PrepareReport Prepare(IReadOnlyList<DestinationEntry> entries);

    /// <summary>Writes the buffers one after the other at the offset, whole.</summary>
    DiskResult Write(DestinationEntry file, long offset, IReadOnlyList<ReadOnlyMemory<byte>> bytes);

    /// <summary>Makes these bytes zeros, whatever they were: a hole, where the file system has such.</summary>
    DiskResult Clear(DestinationEntry file, long offset, long length);

    /// <summary>Fills the buffer from what is already there (to be hashed again); Missing where the file is shorter or not there.</summary>
    DiskResult Read(DestinationEntry file, long offset, Memory<byte> into);

    /// <summary>When done, everything written to these files before the call outlives a loss of power.</summary>
    DiskResult Sync(IReadOnlyCollection<DestinationEntry> files);

    /// <summary>Forgets an entry that was withdrawn or given up.</summary>
    DiskResult Remove(DestinationEntry entry);

    /// <summary>What stands in the destination itself under this entry's own path, beside the staging place. No link is followed.</summary>
    /// <exception cref="DiskFault">the disk could not be asked</exception>
    Standing Look(DestinationEntry entry);

    /// <summary>Fills the buffer whole from a file that stands in the destination, and checks that it is still the one that was looked at.</summary>
    DiskResult ReadStanding(DestinationEntry file, FileIdentity expected, long offset, Memory<byte> into);

    /// <summary>What there is at this offset of a file that stands in the destination; null where it is not the one that was looked at.</summary>
    FileStretch? StretchOfStanding(DestinationEntry file, FileIdentity expected, long offset);

    /// <summary>
    /// The end: makes the links, sets times and modes, syncs, chooses names, has them persisted, renames without
    /// replacing, syncs the directories. May be called again after a crash at any point of it, with what was persisted.
    /// </summary>
    /// <param name="entries">those that arrived, in the manifest's order</param>
    /// <param name="earlier">what an earlier call persisted</param>
    /// <param name="persist">
    /// must return only when the names, and what was refused so far, outlive a loss of power; a later name for a top replaces an earlier one.
    /// A later call is given no entry that was refused: its place may look as if it had arrived.
    /// </param>
    /// <param name="conflicts">what to do where a name is taken; null: rename</param>
    CompletionReport Complete(
        IEnumerable<DestinationEntry> entries, IReadOnlyCollection<ChosenName> earlier,
        Action<IReadOnlyList<ChosenName>, IReadOnlyList<EntryRefusal>> persist, Conflicts? conflicts = null);

    /// <summary>Removes the staging directory and what is left in it.</summary>
    DiskResult Discard();
}

/// <param name="Path">relative, '/' between components: checked by the caller, refused here again where it could leave the destination</param>
/// <param name="Mode">permission bits; 0 where the sender has none; only the lowest nine are ever set</param>
public sealed record DestinationEntry(uint EntryNo, string Path, EntryKind Kind, long Size, uint Mode, long MtimeNs, string LinkTarget)
{
    /// <summary>Bytes of a file that are likely to be holes. One that has any takes its room as it is written, where there can be holes.</summary>
    public long ZeroBytes { get; init; }

    /// <summary>Bytes that there has to be room for.</summary>
    public long Room => Size - ZeroBytes;

    public static DestinationEntry From(ManifestEntry entry) =>
        new(entry.EntryNo, entry.Path, entry.Kind, checked((long)entry.Size), entry.Mode, entry.MtimeNs, entry.LinkTarget);
}

/// <summary>One entry that cannot be stored, and why, for a person.</summary>
public sealed record EntryRefusal(uint EntryNo, DiskProblem Problem, string Reason);

public sealed record PrepareReport(DiskResult Result, IReadOnlyList<EntryRefusal> Refused, IReadOnlyList<uint> MadeAnew);

/// <summary>The name a file or tree gets in the destination, with the mark by which it is known again after a crash.</summary>
/// <param name="Top">its first component in the manifest</param>
/// <param name="Name">its name in the destination: the same, or "name (2).ext"</param>
public sealed record ChosenName(string Top, string Name, FileKey Key);

/// <summary>A file or directory of one file system, whatever its name. Device numbers change between boots, so they are no part of it.</summary>
/// <param name="BirthNs">0 where the file system keeps no time of birth</param>
public readonly record struct FileKey(ulong Inode, long BirthNs);

/// <param name="Result">done when all that was not refused is in its place; else Complete can be called again</param>
public sealed record CompletionReport(DiskResult Result, IReadOnlyList<ChosenName> Placed, IReadOnlyList<EntryRefusal> Refused);
