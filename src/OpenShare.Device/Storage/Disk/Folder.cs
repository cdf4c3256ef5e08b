namespace OpenShare.Device.Storage.Disk;

/// <summary>
/// A directory held open. Every path given to it is relative and stays beneath it, and no component is followed
/// through a symbolic link. Failures are thrown as <see cref="DiskFault"/> (or the runtime's IO exceptions).
/// </summary>
internal abstract class Folder : IDisposable
{
    /// <summary>As it was opened, for messages.</summary>
    internal abstract string FullPath { get; }

    /// <summary>Bytes that this user may still write in it.</summary>
    internal abstract long AvailableBytes { get; }

    /// <summary>Names the file system: folders of one share its free space.</summary>
    internal abstract string FileSystem { get; }

    /// <summary>By which the directory itself is known again.</summary>
    internal abstract FileKey Key { get; }

    /// <returns>null when there is nothing of this name</returns>
    internal abstract FileStat? Stat(string path);

    /// <summary>Looks for each directory anew from here on: one that is held open may have been moved away by somebody.</summary>
    internal virtual void Forget()
    {
    }

    /// <summary>A directory directly in this one, made for its owner alone where missing, and refused when it is another user's.</summary>
    internal abstract Folder OpenPrivate(string name);

    /// <summary>True when it belongs to this process's user.</summary>
    internal abstract bool IsOwn(FileStat stat);

    /// <summary>Names in the directory at this path ("" for this one).</summary>
    internal abstract IReadOnlyList<string> Names(string path);

    /// <returns>false when there is a directory already</returns>
    internal abstract bool MakeDirectory(string path);

    /// <returns>null when there is something of this name already</returns>
    internal abstract OpenedFile? CreateFile(string path);

    /// <summary>Opens a regular file to read and write, whatever its mode.</summary>
    internal abstract OpenedFile OpenFile(string path);

    /// <summary>Opens a regular file to read it, as its mode allows. Never blocks on a pipe.</summary>
    internal abstract OpenedFile OpenToRead(string path);

    internal abstract void MakeLink(string path, string target);

    /// <summary>The target of the link there.</summary>
    internal abstract string ReadLink(string path);

    /// <summary>Lets the owner into a directory whose mode keeps him out.</summary>
    internal abstract void MakeAccessible(string path);

    /// <summary>Sets time and mode of a file or directory, of a link only the time.</summary>
    /// <param name="sync">the file's data and the new time and mode outlive a loss of power</param>
    internal abstract void SetFinal(string path, FileKind kind, uint mode, long mtimeNs, bool sync);

    /// <summary>Removes a file or link, or an empty directory. Nothing there: no harm.</summary>
    internal abstract void Remove(string path);

    /// <summary>Removes what is at the path with all it holds; never through a link.</summary>
    internal abstract void RemoveTree(string path);

    /// <summary>Moves an entry to a place beneath another directory of the same file system.</summary>
    /// <returns>false, and nothing is moved, when there is something of the new name</returns>
    internal abstract bool TryMove(string path, Folder to, string newPath);

    /// <summary>Moves a file or link as <see cref="TryMove"/> does, and in one step over the file or link that stands there; never through it.</summary>
    internal abstract void Replace(string path, Folder to, string newPath);

    /// <summary>Syncs one file or directory ("" for this one); a link is synced with its directory.</summary>
    internal abstract void Sync(string path);

    /// <summary>Syncs a file that others wrote, and that this user may perhaps only read.</summary>
    internal virtual void SyncStanding(string path) => Sync(path);

    /// <summary>True where everything on the file system can be synced by one call.</summary>
    internal abstract bool CanSyncAll { get; }

    internal abstract void SyncAll();

    public abstract void Dispose();
}
