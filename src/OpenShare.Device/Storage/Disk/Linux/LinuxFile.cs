using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenShare.Device.Storage.Disk.Linux;

internal sealed class LinuxFile(SafeFileHandle handle) : SystemFile(handle)
{
    private const long AllocationStep = 64L * 1024 * 1024;

    internal override FileStat Stat() => LinuxFiles.Stat(Handle);

    internal override bool Allocate(long size, string path)
    {
        // In steps: a signal interrupts the call, and tmpfs then undoes what the call had done.
        for (var offset = 0L; offset < size;)
        {
            var length = Math.Min(AllocationStep, size - offset);
            if (Libc.Fallocate(Handle, 0, offset, length) == 0)
                offset += length;
            else if (Marshal.GetLastPInvokeError() is Errno.NotSupported or Errno.NotImplemented)
                return false;
            else if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
                throw LinuxFiles.Fault(path);
        }

        return true;
    }
}
