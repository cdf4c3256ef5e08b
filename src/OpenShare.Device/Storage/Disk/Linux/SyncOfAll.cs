using Microsoft.Win32.SafeHandles;

namespace OpenShare.Device.Storage.Disk.Linux;

/// <summary>Whether one sync of a whole file system (syncfs) does for each file what its own fsync does, and tells what failed.</summary>
internal static class SyncOfAll
{
    internal const uint Fuse = 0x65735546;
    internal const uint Nfs = 0x6969;
    internal const uint Smb = 0x517B;
    internal const uint Cifs = 0xFF534D42;
    internal const uint Smb2 = 0xFE534D42;
    internal const uint Plan9 = 0x01021997;

    // Before, syncfs succeeded whatever became of what was written (syncfs(2)).
    private static readonly Version s_tells = new(5, 8);

    internal static bool IsSure(SafeFileHandle folder) =>
        Libc.Fstatfs(folder, out var system) == 0 && IsSure(unchecked((uint)system.Type), Environment.OSVersion.Version);

    // Where files are kept by another process or machine, syncfs hands over what was written, and only fsync asks there that it
    // be kept: FUSE passes no syncfs on, SMB and 9P send their flush for fsync alone, and with NFS only fsync writes again what a
    // server lost that was started anew before it had all.
    internal static bool IsSure(uint type, Version kernel) => kernel >= s_tells && type is not (Fuse or Nfs or Smb or Cifs or Smb2 or Plan9);
}
