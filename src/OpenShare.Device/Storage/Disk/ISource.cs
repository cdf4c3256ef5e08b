using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk;

/// <summary>Files and trees that are being sent. Scan on one thread; Read on any number.</summary>
public interface ISource : IDisposable
{
    /// <summary>
    /// Walks everything, lazily: one directory's names are held at a time on each level. The order is strict and
    /// always the same: by components, each by its UTF-8 bytes, a directory before what it holds.
    /// </summary>
    IEnumerable<SourceItem> Scan();

    /// <summary>Where the entry of this path is on this machine.</summary>
    string PlaceOf(string path);

    /// <summary>What the file is at this offset; null where it is not the file expected any more.</summary>
    FileStretch? StretchAt(string path, FileIdentity expected, long offset);

    /// <summary>Fills the buffers whole from the file, and checks around the read that it is still the file expected.</summary>
    /// <param name="path">the entry's path in the manifest</param>
    /// <returns>done; Changed, Missing or Denied for this file alone; Failed</returns>
    DiskResult Read(string path, FileIdentity expected, long offset, IReadOnlyList<Memory<byte>> into);
}

/// <summary>What a scan comes upon.</summary>
public abstract record SourceItem
{
    private SourceItem() { }

    public sealed record Entry(SourceEntry Value) : SourceItem;

    /// <summary>Left out: a socket, a device, a link out of the tree, something unreadable. The reason is for a person.</summary>
    public sealed record Skipped(string Path, string Reason) : SourceItem;
}

/// <param name="Path">relative, under the name of the file or folder the user gave; '/' between components</param>
/// <param name="Mode">the nine permission bits</param>
/// <param name="MtimeNs">since the Unix epoch</param>
/// <param name="LinkTarget">empty unless a symlink; relative and inside the tree</param>
/// <param name="Identity">of a file, as it was when scanned</param>
public sealed record SourceEntry(string Path, EntryKind Kind, long Size, uint Mode, long MtimeNs, string LinkTarget, FileIdentity Identity);

/// <summary>What tells a file from another and from its own later self. Times in nanoseconds since the Unix epoch.</summary>
public readonly record struct FileIdentity(long Size, long MtimeNs, long CtimeNs, ulong Inode, ulong Device)
{
    /// <summary>
    /// Whether this, found at the same path, may be what was noted there before: a file system has another device number after a restart of the
    /// machine, or once it is mounted again.
    /// </summary>
    public bool IsSame(FileIdentity noted) => this with { Device = 0 } == noted with { Device = 0 };
}
