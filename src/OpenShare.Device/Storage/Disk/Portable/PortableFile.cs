using Microsoft.Win32.SafeHandles;

namespace OpenShare.Device.Storage.Disk.Portable;

internal sealed class PortableFile(SafeFileHandle handle) : SystemFile(handle)
{
    internal override FileStat Stat() => PortableFiles.Stat(Handle);

    internal override bool Allocate(long from, long size, string path)
    {
        // Windows takes the space with the length; on macOS the writes find out.
        if (!OperatingSystem.IsWindows())
            return false;
        Extend(size);
        return true;
    }
}
