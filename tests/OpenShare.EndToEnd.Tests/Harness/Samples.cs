using System.Security.Cryptography;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>Files and trees of fixed contents, and their comparison.</summary>
internal static class Samples
{
    public const long MiB = 1024 * 1024;

    private const UnixFileMode ReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Bytes that do not repeat: the same for the same name and size.</summary>
    public static string MakeFile(string path, long bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var random = new Random(HashCode(Path.GetFileName(path)));
        var block = new byte[64 * 1024];
        using var file = File.Create(path);
        for (var left = bytes; left > 0; left -= block.Length)
        {
            random.NextBytes(block);
            file.Write(block, 0, (int)Math.Min(left, block.Length));
        }
        return path;
    }

    /// <summary>What trees have in life: nothing, little, much, depth, odd names, modes, times, links.</summary>
    public static string MakeTree(string path)
    {
        MakeFile(Path.Combine(path, "empty"), 0);
        MakeFile(Path.Combine(path, "one byte"), 1);
        MakeFile(Path.Combine(path, "deep", "er", "and deeper", "three megabytes and a byte"), (3 * MiB) + 1);
        MakeFile(Path.Combine(path, "exactly one chunk"), MiB);
        MakeFile(Path.Combine(path, "Ünïcode 世界 🌍.txt"), 100);
        MakeFile(Path.Combine(path, "nfd u\u0308"), 10);
        MakeFile(Path.Combine(path, "a\nnewline and \"quotes\" and \\"), 10);
        MakeFile(Path.Combine(path, "case"), 11);
        MakeFile(Path.Combine(path, "CASE"), 12);
        MakeFile(Path.Combine(path, "aux.c"), 13);
        MakeFile(Path.Combine(path, new string('n', 255)), 14);
        Directory.CreateDirectory(Path.Combine(path, "an empty directory"));
        for (var i = 0; i < 300; i++)
            MakeFile(Path.Combine(path, "many", $"note {i}"), i);
        File.CreateSymbolicLink(Path.Combine(path, "deep", "link to a file"), "../empty");
        File.CreateSymbolicLink(Path.Combine(path, "link to a directory"), "deep/er");
        File.CreateSymbolicLink(Path.Combine(path, "link to nowhere"), "not/there");
        File.SetUnixFileMode(Path.Combine(path, "one byte"), ReadWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
        File.SetUnixFileMode(Path.Combine(path, "exactly one chunk"), UnixFileMode.UserRead);
        File.SetUnixFileMode(Path.Combine(path, "an empty directory"), ReadWrite | UnixFileMode.UserExecute);
        File.SetLastWriteTimeUtc(Path.Combine(path, "many", "note 1"), new DateTime(2001, 2, 3, 4, 5, 6, 789, DateTimeKind.Utc));
        Directory.SetLastWriteTimeUtc(Path.Combine(path, "deep"), new DateTime(1999, 12, 31, 23, 59, 59, DateTimeKind.Utc));
        return path;
    }

    /// <summary>Same names, kinds, bytes, permission bits, times and link targets, and nothing more on either side.</summary>
    public static void AssertSame(string expected, string actual)
    {
        var (wanted, found) = (Listing(expected), Listing(actual));
        Assert.True(wanted.SequenceEqual(found), $"missing or different:\n{Lines(wanted.Except(found))}\ninstead:\n{Lines(found.Except(wanted))}");
    }

    private static List<string> Listing(string root)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };
        var all = new DirectoryInfo(root) is { Exists: true, LinkTarget: null } directory
            ? directory.EnumerateFileSystemInfos("*", options).Append(directory)
            : [new FileInfo(root)];
        return [.. all.Select(entry => $"{Path.GetRelativePath(root, entry.FullName)} {Describe(entry)}").Order(StringComparer.Ordinal)];
    }

    private static string Describe(FileSystemInfo entry) => entry switch
    {
        { LinkTarget: { } target } => $"link to {target}",
        DirectoryInfo => $"directory {entry.UnixFileMode} {entry.LastWriteTimeUtc.Ticks}",
        FileInfo { Exists: true } file => $"file {file.Length} {entry.UnixFileMode} {entry.LastWriteTimeUtc.Ticks} {Hash(file)}",
        _ => "is not there",
    };

    private static string Hash(FileInfo file)
    {
        using var stream = file.OpenRead();
        return Convert.ToHexString(SHA256.HashData(stream));
    }

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Take(10));

    // string.GetHashCode differs from process to process.
    private static int HashCode(string text) => text.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));
}
