using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenShare.Device.Storage.Disk.Linux;

/// <summary>The system calls as the manual has them; nothing is decided here.</summary>
internal static partial class Libc
{
    private const string Library = "libc";
    private const StringMarshalling Utf8 = StringMarshalling.Utf8;

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial int Open(string path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial int OpenAt(SafeFileHandle directory, string path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial nint OpenAt2(nint number, SafeFileHandle directory, string path, in OpenHow how, nint size);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial nint RenameAt2(nint number, SafeFileHandle from, string oldName, SafeFileHandle to, string newName, uint flags);

    [LibraryImport(Library, EntryPoint = "renameat", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial int RenameAt(SafeFileHandle from, string oldName, SafeFileHandle to, string newName);

    [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial int LinkAt(SafeFileHandle from, string oldName, SafeFileHandle to, string newName, int flags);

    [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial int MkdirAt(SafeFileHandle directory, string name, uint mode);

    [LibraryImport(Library, EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial int SymlinkAt(string target, SafeFileHandle directory, string name);

    [LibraryImport(Library, EntryPoint = "readlink", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial nint ReadLink(string path, Span<byte> target, nint size);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial nint ReadLinkAt(SafeFileHandle directory, string name, Span<byte> target, nint size);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial int UnlinkAt(SafeFileHandle directory, string name, int flags);

    [LibraryImport(Library, EntryPoint = "chmod", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial int Chmod(string path, uint mode);

    [LibraryImport(Library, EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int Fchmod(SafeFileHandle file, uint mode);

    [LibraryImport(Library, EntryPoint = "utimensat", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial int UtimensAt(SafeFileHandle directory, string name, in TwoTimes times, int flags);

    [LibraryImport(Library, EntryPoint = "futimens", SetLastError = true)]
    internal static partial int Futimens(SafeFileHandle file, in TwoTimes times);

    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    internal static partial int Fallocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport(Library, EntryPoint = "lseek", SetLastError = true)]
    internal static partial long Lseek(SafeFileHandle file, long offset, int whence);

    [LibraryImport(Library, EntryPoint = "pread", SetLastError = true)]
    internal static partial nint Pread(SafeFileHandle file, Span<byte> into, nint size, long offset);

    [LibraryImport(Library, EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint Pwrite(SafeFileHandle file, ReadOnlySpan<byte> bytes, nint size, long offset);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Fsync(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "syncfs", SetLastError = true)]
    internal static partial int Syncfs(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "fstatfs", SetLastError = true)]
    internal static partial int Fstatfs(SafeFileHandle file, out StatfsBuffer result);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial int Statx(int directory, string path, int flags, uint mask, out StatxBuffer result);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = Utf8)]
    internal static partial int Statx(SafeFileHandle directory, string path, int flags, uint mask, out StatxBuffer result);

    [LibraryImport(Library, EntryPoint = "madvise", SetLastError = true)]
    internal static partial int Madvise(nint start, nint size, int advice);

    [LibraryImport(Library, EntryPoint = "malloc_trim")]
    internal static partial int MallocTrim(nuint keep);

    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    internal static partial int Getrlimit(int resource, out ResourceLimit limit);

    [LibraryImport(Library, EntryPoint = "geteuid")]
    internal static partial uint Geteuid();
}

/// <summary>struct rlimit of getrlimit(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ResourceLimit
{
    internal readonly nuint Now;
    internal readonly nuint Most;
}

/// <summary>struct open_how of openat2(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct OpenHow(ulong flags, ulong resolve)
{
    internal readonly ulong Flags = flags;
    internal readonly ulong Mode = 0;
    internal readonly ulong Resolve = resolve;
}

/// <summary>The two struct timespec of utimensat(2): access time left as it is, modification time given.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct TwoTimes
{
    private const long Omit = (1L << 30) - 2;
    private const long NsPerSecond = 1_000_000_000;

    private readonly long _accessSeconds;
    private readonly long _accessNs = Omit;
    private readonly long _modifiedSeconds;
    private readonly long _modifiedNs;

    internal TwoTimes(long modifiedNs)
    {
        _accessSeconds = 0;
        // Nanoseconds count upwards also before 1970.
        _modifiedNs = ((modifiedNs % NsPerSecond) + NsPerSecond) % NsPerSecond;
        _modifiedSeconds = (modifiedNs - _modifiedNs) / NsPerSecond;
    }
}

/// <summary>struct statfs of statfs(2), in the largest of its sizes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal readonly struct StatfsBuffer
{
    [FieldOffset(0)] internal readonly nint Type;
}

/// <summary>struct statx of statx(2): the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct StatxBuffer
{
    [FieldOffset(20)] internal readonly uint Uid;
    [FieldOffset(28)] internal readonly ushort Mode;
    [FieldOffset(32)] internal readonly ulong Inode;
    [FieldOffset(40)] internal readonly ulong Size;
    [FieldOffset(80)] internal readonly StatxTime Birth;
    [FieldOffset(96)] internal readonly StatxTime Change;
    [FieldOffset(112)] internal readonly StatxTime Modification;
    [FieldOffset(136)] internal readonly uint DeviceMajor;
    [FieldOffset(140)] internal readonly uint DeviceMinor;
}

[StructLayout(LayoutKind.Sequential, Size = 16)]
internal readonly struct StatxTime
{
    private readonly long _seconds;
    private readonly uint _ns;

    // Wraps beyond the year 2262, as every count of nanoseconds in 64 bits does: still a mark, no longer a date.
    internal long Ns => unchecked((_seconds * 1_000_000_000) + _ns);
}
