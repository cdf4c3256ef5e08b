using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using Kind = OpenShare.Protocol.Transfer.Manifests.ManifestRefusalKind;

namespace OpenShare.Protocol.Tests.Transfer.Manifests;

public sealed class ManifestTreeTests
{
    private const EntryKind Directory = EntryKind.EntryDirectory;
    private const EntryKind File = EntryKind.EntryFile;
    private readonly ManifestTree _tree = new();

    [Fact]
    public void Of_many_paths_each_is_known_again()
    {
        const int folders = 30, files = 300;
        for (var folder = 0; folder < folders; folder++)
        {
            Assert.Null(Add($"{folder}", Directory));
            for (var file = 0; file < files; file++)
                Assert.Null(Add($"{folder}/{file}", File));
        }
        for (var folder = 0; folder < folders; folder++)
        {
            Assert.Equal(Kind.DuplicatePath, Add($"{folder}", File));
            for (var file = 0; file < files; file++)
                Assert.Equal(Kind.DuplicatePath, Add($"{folder}/{file}", Directory));
        }
        Assert.True(_tree.Contains(Some.Path("7/299")));
        Assert.False(_tree.Contains(Some.Path("7/300")));
    }

    [Fact]
    public void What_is_removed_can_be_listed_again_and_has_nothing_below_it()
    {
        Add("d", Directory);
        Assert.Null(Add("d/a", File));
        _tree.Remove(Some.Path("d/a"));
        Assert.False(_tree.Contains(Some.Path("d/a")));
        Assert.Null(Add("d/a", Directory));
        Assert.Null(Add("d/a/b", File));
        _tree.Remove(Some.Path("d/a"));
        Assert.Equal(Kind.NotInADirectory, Add("d/a/c", File));
        Assert.Null(Add("d/b", File));
    }

    [Fact]
    public void Under_a_file_a_link_or_nothing_no_entry_lies()
    {
        Add("d", Directory);
        Add("d/file", File);
        Add("d/link", EntryKind.EntrySymlink);
        foreach (var path in new[] { "d/file/x", "d/link/x", "d/none/x", "none/x", "D/x", "d/fil/x" })
            Assert.Equal(Kind.NotInADirectory, Add(path, File));
        Assert.Null(Add("d/x", File));
    }

    [Fact]
    public void The_longest_path_there_can_be_is_taken()
    {
        var longest = string.Join('/', Enumerable.Repeat(new string('x', 255), 16));
        Assert.Equal(Limits.Path - 1, longest.Length);
        for (var depth = 1; depth <= 16; depth++)
            Assert.Null(Add(longest[..(256 * depth - 1)], Directory));
        Assert.Equal(Kind.DuplicatePath, Add(longest, File));
        Assert.Null(Add(new string('ä', 127), Directory));
        Assert.Null(Add($"{new string('ä', 127)}/ä", File));
    }

    private Kind? Add(string path, EntryKind kind) => _tree.Add(Some.Path(path), kind)?.Kind;
}
