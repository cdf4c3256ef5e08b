using System.Text;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Storage.Disk;

/// <summary>What a scan finds, and that a file which is no longer the one scanned is never read as if it were.</summary>
public sealed class SourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalDisk _disk = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_read_whole_across_any_buffers()
    {
        var bytes = new SeededRandom(1).Bytes(100_000);
        File.WriteAllBytes(_folder["a"], bytes);
        using var source = _disk.OpenSource([_folder["a"]]);
        var file = Scan(source).Single();
        var (first, second, third) = (new byte[10], new byte[40_000], new byte[59_980]);

        var result = source.Read("a", file.Identity, 10, [first, second, third]);

        Assert.Equal(DiskResult.Done, result);
        Assert.Equal(bytes[10..], first.Concat(second).Concat(third));
    }

    [Fact]
    public void A_tree_comes_in_the_order_of_its_names_bytes_with_directories_before_what_they_hold()
    {
        foreach (var path in new[] { "t/b", "t/a/z", "t/a.txt", "t/\uFF21", "t/\U0001F600", "t/B" })
            Write(path, "x");
        using var source = _disk.OpenSource([_folder["t"]]);

        Assert.Equal(["t", "t/B", "t/a", "t/a/z", "t/a.txt", "t/b", "t/\uFF21", "t/\U0001F600"], Scan(source).Select(e => e.Path));
    }

    [Fact]
    public void Modes_times_sizes_and_links_are_those_of_the_disk_without_the_special_bits()
    {
        var path = Write("t/tool", "12345");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.SetUser | UnixFileMode.SetGroup);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddDays(-1).AddTicks(7));
        File.CreateSymbolicLink(_folder["t/link"], "tool");
        using var source = _disk.OpenSource([_folder["t"]]);

        var entries = Scan(source).ToDictionary(e => e.Path);

        Assert.Equal((EntryKind.EntryFile, 5L, 0x140u, (-86_400L * 1_000_000_000) + 700), (entries["t/tool"].Kind, entries["t/tool"].Size, entries["t/tool"].Mode, entries["t/tool"].MtimeNs));
        Assert.Equal((EntryKind.EntrySymlink, "tool"), (entries["t/link"].Kind, entries["t/link"].LinkTarget));
        Assert.Equal(EntryKind.EntryDirectory, entries["t"].Kind);
    }

    [Fact]
    public void What_cannot_be_sent_is_left_out_by_name_and_reason()
    {
        Write("t/fine", "x");
        using var listening = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
        listening.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(_folder["t/socket"]));
        File.CreateSymbolicLink(_folder["t/out"], "../../etc/passwd");
        File.CreateSymbolicLink(_folder["t/absolute"], "/etc/passwd");
        Directory.CreateDirectory(_folder["t/.openshare-partial"]);
        using var source = _disk.OpenSource([_folder["t"], _folder["gone"], "/"]);

        var skipped = source.Scan().OfType<SourceItem.Skipped>().ToDictionary(s => s.Path, s => s.Reason);

        Assert.Equal(["t", "t/fine"], Scan(source).Select(e => e.Path));
        Assert.Equal("it is a socket, a pipe or a device", skipped["t/socket"]);
        Assert.Equal("it is a link that may lead out of t (to ../../etc/passwd)", skipped["t/out"]);
        Assert.Equal("it is a link that may lead out of t (to /etc/passwd)", skipped["t/absolute"]);
        Assert.Equal("it holds transfers that are still arriving", skipped["t/.openshare-partial"]);
        Assert.Equal("it is not there", skipped["gone"]);
        Assert.Equal("it has no name of its own to be sent under", skipped["/"]);
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_left_out_and_said()
    {
        Write("t/fine", "x");
        Sh($"touch \"$(printf '{_folder["t"]}/b\\377d')\"");
        using var source = _disk.OpenSource([_folder["t"]]);

        Assert.Equal("its name is not valid UTF-8", source.Scan().OfType<SourceItem.Skipped>().Single().Reason);
    }

    [Fact]
    public void Of_two_names_that_are_the_same_as_UTF8_one_is_left_out_and_the_other_sent()
    {
        Write("t/b\uFFFDd", "x");
        Sh($"touch \"$(printf '{_folder["t"]}/b\\377d')\"");
        using var source = _disk.OpenSource([_folder["t"]]);

        var items = source.Scan().ToList();

        Assert.Equal(["t", "t/b\uFFFDd"], items.OfType<SourceItem.Entry>().Select(e => e.Value.Path));
        Assert.Equal("its name is not valid UTF-8", items.OfType<SourceItem.Skipped>().Single().Reason);
    }

    [Fact]
    public void A_link_to_what_is_not_UTF8_is_left_out_and_said()
    {
        Write("t/fine", "x");
        Sh($"ln -s \"$(printf 'b\\377d')\" '{_folder["t/link"]}'");
        using var source = _disk.OpenSource([_folder["t"]]);

        Assert.Equal("what it links to is not valid UTF-8", source.Scan().OfType<SourceItem.Skipped>().Single().Reason);
    }

    [Fact]
    public void Two_files_of_one_name_are_sent_under_two()
    {
        var (first, second) = (Write("x/a.txt", "1"), Write("y/a.txt", "22"));
        using var source = _disk.OpenSource([first, second]);

        Assert.Equal([("a (2).txt", 2L), ("a.txt", 1L)], Scan(source).Select(e => (e.Path, e.Size)));
    }

    [Fact]
    public void A_link_that_the_user_names_is_followed()
    {
        Write("target", "123");
        File.CreateSymbolicLink(_folder["link"], "target");
        using var source = _disk.OpenSource([_folder["link"]]);

        var file = Scan(source).Single();

        Assert.Equal(("link", EntryKind.EntryFile, 3L), (file.Path, file.Kind, file.Size));
        Assert.True(source.Read("link", file.Identity, 0, [new byte[3]]).IsDone);
    }

    public static TheoryData<string> Changes => ["another size", "cut short", "another time", "other bytes with the old time", "another file of the same name", "another mode"];

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_changed_file_is_noticed_before_its_first_read(string change)
    {
        Write("a", "12345");
        using var source = _disk.OpenSource([_folder["a"]]);
        var file = Scan(source).Single();

        Change(change);

        AssertChanged(source.Read("a", file.Identity, 0, [new byte[5]]));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_file_that_changes_between_two_reads_is_noticed_at_the_second(string change)
    {
        Write("a", "12345");
        using var source = _disk.OpenSource([_folder["a"]]);
        var file = Scan(source).Single();
        Assert.True(source.Read("a", file.Identity, 0, [new byte[2]]).IsDone);

        Change(change);

        // Where another file took the name, the open one lost its link: its change time tells.
        AssertChanged(source.Read("a", file.Identity, 2, [new byte[3]]));
    }

    /// <summary>As after a restart of the machine, with a file system that has no number of its own.</summary>
    [Fact]
    public void A_file_whose_disk_has_another_number_now_is_the_same()
    {
        Write("a", "12345");
        using var source = _disk.OpenSource([_folder["a"]]);
        var file = Scan(source).Single();

        Assert.Equal(DiskResult.Done, source.Read("a", file.Identity with { Device = file.Identity.Device + 1 }, 0, [new byte[5]]));
    }

    [Fact]
    public void A_file_that_is_gone_is_missing()
    {
        Write("t/a", "12345");
        using var source = _disk.OpenSource([_folder["t"]]);
        var file = Scan(source).Single(e => e.Path == "t/a");

        File.Delete(_folder["t/a"]);

        Assert.Equal(new DiskResult(DiskProblem.Missing, $"{_folder["t/a"]}: it is not there"), source.Read("t/a", file.Identity, 0, [new byte[5]]));
    }

    [Fact]
    public void A_link_put_in_a_files_place_is_not_followed()
    {
        Write("t/a", "12345");
        Write("secret", "54321");
        using var source = _disk.OpenSource([_folder["t"]]);
        var file = Scan(source).Single(e => e.Path == "t/a");

        File.Delete(_folder["t/a"]);
        File.CreateSymbolicLink(_folder["t/a"], _folder["secret"]);
        var into = new byte[5];
        var read = source.Read("t/a", file.Identity, 0, [into]);

        Assert.Equal(DiskProblem.LinkInTheWay, read.Problem);
        Assert.Equal(new byte[5], into);
    }

    private void Change(string change)
    {
        var path = _folder["a"];
        var before = File.GetLastWriteTimeUtc(path);
        switch (change)
        {
            case "another size":
                File.AppendAllText(path, "6");
                File.SetLastWriteTimeUtc(path, before);
                break;
            case "cut short":
                File.WriteAllText(path, "123");
                break;
            case "another time":
                File.SetLastWriteTimeUtc(path, before.AddSeconds(-1));
                break;
            case "other bytes with the old time":
                File.WriteAllText(path, "54321");
                File.SetLastWriteTimeUtc(path, before);
                break;
            case "another file of the same name":
                Write("b", "12345");
                File.SetLastWriteTimeUtc(_folder["b"], before);
                File.Move(_folder["b"], path, overwrite: true);
                break;
            case "another mode":
                File.SetUnixFileMode(path, UnixFileMode.UserRead);
                break;
        }
    }

    private static void Sh(string command)
    {
        using var process = System.Diagnostics.Process.Start("sh", ["-c", command]);
        process.WaitForExit();
    }

    private static void AssertChanged(DiskResult read) => Assert.Equal(new DiskResult(DiskProblem.Changed, "a: the file changed while it was being sent"), read);

    private static List<SourceEntry> Scan(ISource source) => [.. source.Scan().OfType<SourceItem.Entry>().Select(e => e.Value)];

    private string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllBytes(_folder[name], Encoding.ASCII.GetBytes(text));
        return _folder[name];
    }
}
