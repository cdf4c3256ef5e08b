namespace OpenShare.Device.Storage.Disk;

internal enum FileKind
{
    File,
    Directory,
    Symlink,

    /// <summary>A socket, a pipe, a device.</summary>
    Other,
}

/// <summary>What the file system says of a name or an open file, links not followed. Times in nanoseconds since the Unix epoch.</summary>
/// <param name="Owner">the user's number; 0 where the platform has none</param>
internal readonly record struct FileStat(
    FileKind Kind, long Size, uint Mode, long MtimeNs, long CtimeNs, long BirthNs, ulong Inode, ulong Device, uint Owner)
{
    internal FileIdentity Identity => new(Size, MtimeNs, CtimeNs, Inode, Device);

    internal FileKey Key => new(Inode, BirthNs);
}
