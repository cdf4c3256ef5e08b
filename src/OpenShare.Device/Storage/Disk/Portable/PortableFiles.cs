using Microsoft.Win32.SafeHandles;

namespace OpenShare.Device.Storage.Disk.Portable;

/// <summary>Stat by what the runtime tells everywhere: no inode, so the time of birth stands for it.</summary>
internal static class PortableFiles
{
    private const uint DefaultDirectoryMode = 0x1ED; // 0755
    private const uint DefaultFileMode = 0x1A4; // 0644

    internal static FileStat? Stat(string path)
    {
        FileSystemInfo info = new FileInfo(path);
        if (!info.Exists && info.LinkTarget is null)
            info = new DirectoryInfo(path);
        if (!info.Exists && info.LinkTarget is null)
            return null;
        var kind = info.LinkTarget is not null || info.Attributes.HasFlag(FileAttributes.ReparsePoint) ? FileKind.Symlink
            : info.Attributes.HasFlag(FileAttributes.Directory) ? FileKind.Directory
            : info.Attributes.HasFlag(FileAttributes.Device) ? FileKind.Other
            : FileKind.File;
        var mode = OperatingSystem.IsWindows()
            ? (kind is FileKind.Directory ? DefaultDirectoryMode : DefaultFileMode)
            : (uint)info.UnixFileMode;
        return Make(kind, kind is FileKind.File ? ((FileInfo)info).Length : 0, mode, info.LastWriteTimeUtc, info.CreationTimeUtc);
    }

    internal static FileStat Stat(SafeFileHandle file) =>
        Make(FileKind.File, RandomAccess.GetLength(file), DefaultFileMode, File.GetLastWriteTimeUtc(file), File.GetCreationTimeUtc(file));

    internal static DateTime Time(long ns) => DateTime.UnixEpoch.AddTicks(ns / 100);

    private static FileStat Make(FileKind kind, long size, uint mode, DateTime modified, DateTime born) =>
        new(kind, size, mode, Ns(modified), 0, Ns(born), 0, 0, 0);

    private static long Ns(DateTime time) => unchecked((time - DateTime.UnixEpoch).Ticks * 100);
}
