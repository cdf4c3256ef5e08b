namespace OpenShare.Device.Storage.Disk;

/// <summary>
/// All that transfers use of a machine's files, by their whole paths: the user's own to be sent, and the directories
/// in which others arrive. Fails as <see cref="Folder"/> does. A simulation has its own.
/// </summary>
internal abstract class FileSystem
{
    /// <summary>This machine's.</summary>
    internal static FileSystem Local { get; } = OperatingSystem.IsLinux() ? new Linux.LinuxFileSystem() : new Portable.PortableFileSystem();

    /// <returns>null when there is nothing of this name; a link in the last place is not followed</returns>
    internal abstract FileStat? Stat(string path);

    /// <returns>null also where it cannot be looked at</returns>
    internal FileStat? TryStat(string path)
    {
        FileStat? stat = null;
        DiskFault.Guard(path, () => { stat = Stat(path); });
        return stat;
    }

    /// <summary>Opens for reading. Never blocks on a pipe; on Linux never follows a link in the last place.</summary>
    internal abstract OpenedFile OpenToRead(string path);

    /// <summary>Names in a directory, all of them, in any order.</summary>
    internal abstract IReadOnlyList<string> Names(string directory);

    /// <summary>The target of the link there.</summary>
    internal abstract string ReadLink(string path);

    /// <summary>Where the links end that begin at this path; the path itself where there is no link, or no end.</summary>
    internal abstract string FollowLinks(string path);

    /// <summary>
    /// Opens the directory the user named; links in its own path are the user's and are followed. Made where missing, with
    /// those above it, and so that it outlives a loss of power.
    /// </summary>
    internal Folder OpenFolder(string path)
    {
        Ensure(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return Open(path);
    }

    /// <returns>null where it is not there: nothing is made</returns>
    internal Folder? OpenExisting(string path) => TryStat(FollowLinks(path)) is { Kind: FileKind.Directory } ? Open(path) : null;

    /// <summary>Opens a directory that is there.</summary>
    protected abstract Folder Open(string path);

    /// <summary>Makes one directory with the usual mode.</summary>
    protected abstract void MakeDirectory(string path);

    private void Ensure(string path)
    {
        if (Path.GetDirectoryName(path) is not { } above)
            return;
        if (Stat(FollowLinks(path)) is null)
        {
            Ensure(above);
            MakeDirectory(path);
        }

        // Also where it is there already: an earlier process may have been killed as soon as it had made it.
        SyncNames(above);
    }

    private void SyncNames(string path)
    {
        try
        {
            using var folder = Open(path);
            folder.Sync("");
        }
        catch (DiskFault fault) when (fault.HasNoSync || fault.Problem is DiskProblem.Denied or DiskProblem.NameRefused)
        {
            // One that may only be passed through, or on a file system that cannot be written: no name in it is new.
        }
    }
}
