using System.Diagnostics;

namespace OpenShare.Device.Tests.Support;

/// <summary>A real file system that is soon full.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public static async Task<SmallDisk> MountAsync(string size)
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "mounting a small file system needs root");
        var disk = new SmallDisk();
        Skip.IfNot(await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", disk.Path), "tmpfs cannot be mounted here");
        return disk;
    }

    public void Dispose()
    {
        RunAsync("umount", "--lazy", Path).Wait(TimeSpan.FromSeconds(5));
        _folder.Dispose();
    }

    private static async Task<bool> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true });
        await process!.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
