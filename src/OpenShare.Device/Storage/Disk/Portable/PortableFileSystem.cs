namespace OpenShare.Device.Storage.Disk.Portable;

internal sealed class PortableFileSystem : SystemFileSystem
{
    internal override FileStat? Stat(string path) => PortableFiles.Stat(path);

    internal override OpenedFile OpenToRead(string path) =>
        new PortableFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    protected override Folder Open(string path) => new PortableFolder(path);
}
