using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace OpenShare.Device.Storage;

/// <summary>
/// One process at a time. The system drops the lock when its holder ends, however it ends; the file stays, since
/// removing it would let two processes lock two files of one name.
/// </summary>
internal sealed class HomeLock : IDisposable
{
    private const string FileName = "lock";

    // What the runtime's exception carries when another open file has the lock: a Windows error, or errno.
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;

    private readonly SafeFileHandle _handle;

    private HomeLock(SafeFileHandle handle) => _handle = handle;

    internal static bool ExistsIn(string directory) => File.Exists(Path.Combine(directory, FileName));

    /// <exception cref="HomeInUseException">another process holds it</exception>
    internal static HomeLock Take(string directory)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult is SharingViolation or LinuxWouldBlock or MacWouldBlock)
        {
            throw InUse(directory);
        }

        // The runtime's own lock can be switched off by its environment. Where it is on, this is the same lock again.
        if (!OperatingSystem.IsWindows() && !UnixLock.TryTake(handle))
        {
            handle.Dispose();
            throw InUse(directory);
        }

        File.WriteAllText(HolderFile(directory), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new HomeLock(handle);
    }

    public void Dispose() => _handle.Dispose();

    private static HomeInUseException InUse(string directory) =>
        new($"Another OpenShare process{ReadHolder(directory)} uses the home {directory}. Stop it, or choose another home with --home.");

    // Beside the lock, since nobody else can open a locked file.
    private static string HolderFile(string directory) => Path.Combine(directory, "pid");

    private static string ReadHolder(string directory)
    {
        try
        {
            // Empty for the moment between the holder's lock and its note.
            return int.TryParse(File.ReadAllText(HolderFile(directory)), CultureInfo.InvariantCulture, out var pid) ? $" (pid {pid})" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
