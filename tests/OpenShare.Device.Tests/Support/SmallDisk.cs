using System.Diagnostics;

namespace OpenShare.Device.Tests.Support;

/// <summary>A real file system that is soon full.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    /// <param name="mebibytes">all of it, of which ext4 keeps a little for itself</param>
    public static async Task<SmallDisk> MountAsync(int mebibytes, DiskType type = DiskType.Tmpfs)
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "mounting a small file system needs root");
        var disk = new SmallDisk();
        var isMounted = type switch
        {
            DiskType.Tmpfs => await RunAsync("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", disk.Path),
            _ => await disk.MountImageAsync(mebibytes),
        };
        Skip.IfNot(isMounted, $"a small {type} cannot be mounted here");
        return disk;
    }

    private async Task<bool> MountImageAsync(int mebibytes)
    {
        // In the folder that it is mounted over: gone with it.
        var image = System.IO.Path.Combine(Path, "image");
        await using (var file = File.Create(image))
            file.SetLength(mebibytes * 1024L * 1024);
        return await RunAsync("mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^has_journal", image) && await RunAsync("mount", "-o", "loop", image, Path);
    }

    public void Dispose()
    {
        RunAsync("umount", "--lazy", Path).Wait(TimeSpan.FromSeconds(5));
        _folder.Dispose();
    }

    // By env, which says by its exit code that there is no such command.
    internal static async Task<bool> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/env", [command, .. arguments]) { RedirectStandardError = true });
        await process!.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}

/// <summary>One that lives in memory, and one as most people's is.</summary>
public enum DiskType
{
    Tmpfs,
    Ext4,
}
