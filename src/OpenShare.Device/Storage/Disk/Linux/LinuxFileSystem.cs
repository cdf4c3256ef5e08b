namespace OpenShare.Device.Storage.Disk.Linux;

internal sealed class LinuxFileSystem : SystemFileSystem
{
    internal override FileStat? Stat(string path) => LinuxFiles.Stat(path);

    internal override string ReadLink(string path) => LinuxFiles.ReadLink(path);

    internal override OpenedFile OpenToRead(string path) => new LinuxFile(LinuxFiles.OpenToRead(path), path);

    protected override Folder Open(string path) => LinuxFolder.Open(path);
}
