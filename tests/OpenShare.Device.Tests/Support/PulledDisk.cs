using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenShare.Device.Tests.Support;

/// <summary>A real file system with a journal, on a disk that can be pulled out and put back.</summary>
internal sealed partial class PulledDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private PulledDisk() => Directory.CreateDirectory(Path);

    public string Path => _folder["usb"];

    private string Image => _folder["image"];

    public static async Task<PulledDisk> MountAsync(int mebibytes)
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "mounting a file system needs root");
        var disk = new PulledDisk();
        await using (var file = File.Create(disk.Image))
            file.SetLength(mebibytes * 1024L * 1024);
        Skip.IfNot(await SmallDisk.RunAsync("mkfs.ext4", "-q", "-F", "-m", "0", disk.Image) && await disk.PutBackAsync(), "ext4 cannot be mounted here");
        return disk;
    }

    /// <summary>From now on it answers nothing, and what was not synced is lost.</summary>
    public void Pull()
    {
        using var handle = OpenDirectory(Path);
        var flags = WithoutItsJournal;
        if (Ioctl(handle, ShutDown, ref flags) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>As a desktop does it with what was pulled.</summary>
    public Task UnmountAsync() => SmallDisk.RunAsync("umount", "--lazy", Path);

    public Task<bool> PutBackAsync() => SmallDisk.RunAsync("mount", "-o", "loop", Image, Path);

    /// <param name="mode">rw or ro</param>
    public Task<bool> RemountAsync(string mode) => SmallDisk.RunAsync("mount", "-o", $"remount,{mode}", Path);

    public void Dispose()
    {
        UnmountAsync().Wait(TimeSpan.FromSeconds(5));
        _folder.Dispose();
    }

    // FS_IOC_SHUTDOWN and EXT4_GOING_FLAGS_NOLOGFLUSH, include/uapi/linux/fs.h and ext4.h.
    private const ulong ShutDown = 0x8004587D;
    private const uint WithoutItsJournal = 2;

    private static SafeFileHandle OpenDirectory(string path)
    {
        var fd = Open(path, 0);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle file, ulong request, ref uint argument);
}
