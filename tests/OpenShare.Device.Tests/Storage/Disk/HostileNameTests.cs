using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Storage.Disk.Linux;

namespace OpenShare.Device.Tests.Storage.Disk;

/// <summary>Names and links from the wire, and links that somebody puts in the way meanwhile. With and without openat2.</summary>
[Collection("openat2")]
public abstract class HostileNameTests : DestinationSpecs
{
    public static TheoryData<string> Names => new()
    {
        "", "/etc/passwd", "../x", "a/../../x", "a/..", "..", ".", "a//b", "a/", "./a", "a\0b", new string('n', 256),
        string.Concat(Enumerable.Repeat("\u00E9", 128)), string.Join('/', Enumerable.Repeat("d", 129)), string.Join('/', Enumerable.Repeat(new string('d', 200), 21)),
    };

    public static TheoryData<string, string> LinksOut => new()
    {
        { "t/link", "/etc/passwd" }, { "t/link", "../outside" }, { "t/d/link", "../../outside" }, { "t/link", "d/../../outside" }, { "link", "x" },
        { "t/link", "" }, { "t/link", "a\0b" }, { "t/d/link", "./.././../x" }, { "t/d/link", "../x/../../y" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_that_is_no_path_beneath_the_destination_is_refused(string name)
    {
        foreach (var entry in new[] { File(7, name), Folder(7, name), Link(7, name, "x") })
        {
            var report = Destination.Prepare([entry, File(8, "fine")]);

            Assert.Equal(DiskResult.Done, report.Result);
            Assert.Equal((7u, DiskProblem.NameRefused), Assert.Single(report.Refused.Select(r => (r.EntryNo, r.Problem))));
        }
        Assert.Equal(["fine"], Directory.GetFileSystemEntries(Staging).Select(Path.GetFileName));
        Assert.Empty(Arrived);
    }

    [Theory]
    [MemberData(nameof(LinksOut))]
    public void A_link_that_leads_out_of_its_top_folder_is_refused_when_prepared_and_when_made(string path, string target)
    {
        var link = Link(7, path, target);

        Assert.Equal((7u, DiskProblem.LinkInTheWay), Assert.Single(Destination.Prepare([link]).Refused.Select(r => (r.EntryNo, r.Problem))));

        Receive(Folder(0, "t"), Folder(1, "t/d"));
        var report = Complete(Folder(0, "t"), Folder(1, "t/d"), link);
        Assert.Contains(report.Refused, r => r is { EntryNo: 7, Problem: DiskProblem.LinkInTheWay });
        Assert.Null(FileSystem.Local.Stat(Path.Combine(Inbox, path)));
    }

    [Fact]
    public void Links_inside_of_the_tree_arrive()
    {
        var entries = new[] { Folder(0, "t"), Folder(1, "t/d"), File(2, "t/a"), Link(3, "t/d/up", "../a"), Link(4, "t/down", "d/up"), Link(5, "t/dangling", "d/nothing") };
        Receive(entries);

        AssertPlaced(Complete(entries), "t");

        Assert.Equal("12345", System.IO.File.ReadAllText(Path.Combine(Inbox, "t/down")));
        Assert.Equal("d/nothing", new FileInfo(Path.Combine(Inbox, "t/dangling")).LinkTarget);
    }

    [Fact]
    public void A_file_and_a_link_of_one_name_do_not_become_a_way_out()
    {
        var report = Destination.Prepare([Folder(0, "t"), Link(1, "t/x", "d"), File(2, "t/x/a")]);
        Assert.Empty(report.Refused);
        Fill(File(2, "t/x/a"));

        var done = Complete(Folder(0, "t"), Link(1, "t/x", "d"), File(2, "t/x/a"));

        Assert.Equal(1u, Assert.Single(done.Refused).EntryNo);
        Assert.Equal("12345", System.IO.File.ReadAllText(Path.Combine(Inbox, "t/x/a")));
    }

    [Fact]
    public void A_directory_swapped_for_a_link_is_not_followed_when_a_file_is_made()
    {
        Receive(Folder(0, "t"), Folder(1, "t/d"));
        Swap("t/d");

        var report = Destination.Prepare([File(2, "t/d/a")]);

        Assert.Equal((2u, DiskProblem.LinkInTheWay), Assert.Single(report.Refused.Select(r => (r.EntryNo, r.Problem))));
        AssertNothingOutside();
    }

    [Fact]
    public void The_directory_that_was_swapped_is_named_by_its_path()
    {
        Receive(Folder(0, "t"), Folder(1, "t/d"), Folder(2, "t/d/e"), File(3, "t/d/e/a"));
        Restart();
        Swap("t/d");
        var file = File(3, "t/d/e/a");

        const string words = "t/d: a symbolic link is in the way and was not followed";
        Assert.Equal(words, Destination.Write(file, 0, ["54321"u8.ToArray()]).Detail);
        Assert.Equal(words, Destination.Remove(file).Detail);
        Assert.Equal(words, Assert.Single(Destination.Prepare([File(4, "t/d/e/b")]).Refused).Reason);
        Assert.All(Complete(Folder(0, "t"), Folder(1, "t/d"), Folder(2, "t/d/e"), file).Refused, r => Assert.StartsWith("t/d", r.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_directory_swapped_for_a_link_to_its_neighbour_is_not_followed_either()
    {
        Receive(Folder(0, "t"), Folder(1, "t/d"), Folder(2, "t/neighbour"));
        Directory.Delete(Path.Combine(Staging, "t/d"));
        Directory.CreateSymbolicLink(Path.Combine(Staging, "t/d"), "neighbour");

        var report = Destination.Prepare([File(3, "t/d/a"), File(4, "t/d/e/a")]);

        Assert.Equal([(3u, DiskProblem.LinkInTheWay), (4u, DiskProblem.LinkInTheWay)], report.Refused.Select(r => (r.EntryNo, r.Problem)));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(Staging, "t/neighbour")));
    }

    [Fact]
    public void A_directory_swapped_for_a_link_is_not_followed_when_a_chunk_is_written_read_synced_or_removed()
    {
        Receive(Folder(0, "t"), Folder(1, "t/d"), File(2, "t/d/a"));
        Restart();
        Swap("t/d");
        System.IO.File.WriteAllText(Path.Combine(Outside, "a"), "kept!");
        var file = File(2, "t/d/a");

        Assert.Equal(DiskProblem.LinkInTheWay, Destination.Write(file, 0, ["54321"u8.ToArray()]).Problem);
        Assert.Equal(DiskProblem.LinkInTheWay, Destination.Read(file, 0, new byte[5]).Problem);
        Assert.Equal(DiskProblem.LinkInTheWay, Destination.Sync([file]).Problem);
        Assert.Equal(DiskProblem.LinkInTheWay, Destination.Remove(file).Problem);
        Assert.Equal("kept!", System.IO.File.ReadAllText(Path.Combine(Outside, "a")));
    }

    [Fact]
    public void A_directory_swapped_for_a_link_is_neither_followed_nor_delivered_at_the_end()
    {
        var entries = new[] { Folder(0, "t"), Folder(1, "t/d", mode: 0x1C0), File(2, "t/d/a", mode: 0x1FF), Link(3, "t/d/l", "a") };
        Receive(entries);
        Swap("t/d");
        System.IO.File.WriteAllText(Path.Combine(Outside, "a"), "kept!");
        System.IO.File.SetUnixFileMode(Path.Combine(Outside, "a"), (UnixFileMode)0x180);

        var report = Complete(entries);

        Assert.Equal(DiskResult.Done, report.Result);
        Assert.Equal([1u, 2u, 3u], report.Refused.Select(r => r.EntryNo).Order());
        Assert.Null(FileSystem.Local.Stat(Path.Combine(Inbox, "t/d")));
        Assert.Equal((UnixFileMode)0x180, System.IO.File.GetUnixFileMode(Path.Combine(Outside, "a")));
        Assert.Equal(["a"], Directory.GetFileSystemEntries(Outside).Select(Path.GetFileName));
    }

    [Fact]
    public void A_top_swapped_for_a_link_is_not_placed()
    {
        Receive(File(0, "a"));
        System.IO.File.Delete(Path.Combine(Staging, "a"));
        System.IO.File.CreateSymbolicLink(Path.Combine(Staging, "a"), Path.Combine(Outside, "secret"));

        var report = Complete(File(0, "a"));

        Assert.Equal(0u, Assert.Single(report.Refused).EntryNo);
        Assert.Empty(Arrived);
        AssertNothingOutside();
    }

    private void Swap(string directory)
    {
        Directory.Delete(Path.Combine(Staging, directory), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(Staging, directory), Outside);
    }

    private void AssertNothingOutside() => Assert.Empty(Directory.GetFileSystemEntries(Outside));
}

public sealed class HostileNameWithOpenAt2Tests : HostileNameTests
{
    public HostileNameWithOpenAt2Tests() => Beneath.WithoutOpenAt2 = false;
}

public sealed class HostileNameWithoutOpenAt2Tests : HostileNameTests
{
    public HostileNameWithoutOpenAt2Tests() => Beneath.WithoutOpenAt2 = true;
}
