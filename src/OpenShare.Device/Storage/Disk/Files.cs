using Microsoft.Win32.SafeHandles;
using OpenShare.Device.Storage.Disk.Linux;
using OpenShare.Device.Storage.Disk.Portable;

namespace OpenShare.Device.Storage.Disk;

/// <summary>Files by their whole path, as this platform has them: for the sending side, whose paths are the user's own.</summary>
internal static class Files
{
    /// <returns>null when there is nothing of this name; a link is not followed</returns>
    internal static FileStat? Stat(string path) => OperatingSystem.IsLinux() ? LinuxFiles.Stat(path) : PortableFiles.Stat(path);

    internal static FileStat Stat(SafeFileHandle file) => OperatingSystem.IsLinux() ? LinuxFiles.Stat(file) : PortableFiles.Stat(file);

    internal static SafeFileHandle OpenToRead(string path) =>
        OperatingSystem.IsLinux()
            ? LinuxFiles.OpenToRead(path)
            : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
