using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenShare.Device.Storage;

/// <summary>flock(2), the same on Linux and macOS.</summary>
internal static partial class UnixLock
{
    private const int Exclusive = 2;
    private const int NonBlocking = 4;

    /// <summary>Taken until the handle is closed.</summary>
    /// <returns>false when another open file holds it</returns>
    internal static bool TryTake(SafeFileHandle handle)
    {
        if (Flock(handle, Exclusive | NonBlocking) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        var wouldBlock = OperatingSystem.IsMacOS() ? 35 : 11;
        return error == wouldBlock ? false : throw new IOException($"It cannot be locked: {new Win32Exception(error).Message}");
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle handle, int operation);
}
