using System.IO.Enumeration;

namespace OpenShare.Device.Storage.Disk;

/// <summary>What the runtime does alike on every platform.</summary>
internal abstract class SystemFileSystem : FileSystem
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    internal override IReadOnlyList<string> Names(string directory) =>
        [.. new FileSystemEnumerable<string>(directory, (ref FileSystemEntry entry) => entry.FileName.ToString(), Everything)];

    internal override string ReadLink(string path) => new FileInfo(path).LinkTarget ?? "";

    internal override string FollowLinks(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Nothing there, or links in a circle: whoever looks at it says so.
            return path;
        }
    }

    protected override void MakeDirectory(string path) => Directory.CreateDirectory(path);
}
