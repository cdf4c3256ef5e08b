namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>A file system that is soon full.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public static async Task<SmallDisk> MountAsync(string size)
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "mounting a small file system needs root");
        var disk = new SmallDisk();
        Skip.IfNot(await SystemCommand.SucceedsAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", disk.Path), "tmpfs cannot be mounted here");
        return disk;
    }

    public void Dispose()
    {
        SystemCommand.SucceedsAsync("umount", "--lazy", Path).Wait(Patience.Short);
        _folder.Dispose();
    }
}
