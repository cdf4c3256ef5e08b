using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;

namespace OpenShare.Device.Storage.Disk.Linux;

/// <summary>Stat and open by path or handle, links not followed in the last component.</summary>
internal static class LinuxFiles
{
    private const ushort TypeMask = 0xF000;

    /// <returns>null when there is nothing of this name</returns>
    internal static FileStat? Stat(string path) =>
        Libc.Statx(LinuxFlags.CurrentDirectory, path, LinuxFlags.SymlinkNoFollow, LinuxFlags.StatxBasicAndBirth, out var buffer) == 0 ? Read(buffer) : Missing(path);

    /// <returns>null when there is nothing of this name</returns>
    internal static FileStat? Stat(SafeFileHandle directory, string name) =>
        Libc.Statx(directory, name, LinuxFlags.SymlinkNoFollow, LinuxFlags.StatxBasicAndBirth, out var buffer) == 0 ? Read(buffer) : Missing(name);

    internal static FileStat Stat(SafeFileHandle file) =>
        Libc.Statx(file, "", LinuxFlags.EmptyPath, LinuxFlags.StatxBasicAndBirth, out var buffer) == 0 ? Read(buffer) : throw Fault("an open file");

    /// <summary>Opens for reading. Never blocks on a pipe, never follows a link in the last place.</summary>
    internal static SafeFileHandle OpenToRead(string path)
    {
        var fd = Libc.Open(path, LinuxFlags.ReadOnly | LinuxFlags.NoFollow | LinuxFlags.NonBlocking | LinuxFlags.CloseOnExec, 0);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw Fault(path);
    }

    /// <summary>Its bytes as they are: a target with others put in their place would be another link.</summary>
    internal static string ReadLink(string path)
    {
        Span<byte> target = stackalloc byte[4096];
        var length = Libc.ReadLink(path, target, target.Length);
        if (length < 0)
            throw Fault(path);
        return Utf8.IsValid(target[..(int)length])
            ? Encoding.UTF8.GetString(target[..(int)length])
            : throw new DiskFault(DiskProblem.Failed, "what it links to is not valid UTF-8");
    }

    /// <summary>How many this process may have open: the runtime asks at its start for as many as it can get.</summary>
    internal static long MostOpen => Libc.Getrlimit(LinuxFlags.LimitOfOpenFiles, out var limit) == 0 ? (long)Math.Min(limit.Now, int.MaxValue) : 1024;

    internal static DiskFault Fault(string path) => DiskFault.Of(Marshal.GetLastPInvokeError(), path);

    private static FileStat? Missing(string path) =>
        Marshal.GetLastPInvokeError() == Errno.NoEntry ? null : throw Fault(path);

    private static FileStat Read(in StatxBuffer s) => new(
        (s.Mode & TypeMask) switch { 0x8000 => FileKind.File, 0x4000 => FileKind.Directory, 0xA000 => FileKind.Symlink, _ => FileKind.Other },
        (long)s.Size,
        s.Mode & 0xFFFu,
        s.Modification.Ns,
        s.Change.Ns,
        s.Birth.Ns,
        s.Inode,
        ((ulong)s.DeviceMajor << 32) | s.DeviceMinor,
        s.Uid);
}
