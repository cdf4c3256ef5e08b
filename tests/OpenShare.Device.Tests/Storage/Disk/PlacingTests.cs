using OpenShare.Device.Storage.Disk;

namespace OpenShare.Device.Tests.Storage.Disk;

/// <summary>How what has arrived comes to its names, modes and times.</summary>
public sealed class PlacingTests : DestinationSpecs
{
    private const long In2001 = 1_000_000_000L * 1_000_000_000 + 123_456_700;

    [Fact]
    public void What_is_there_is_not_replaced_and_the_new_one_gets_another_name()
    {
        Directory.CreateDirectory(Path.Combine(Inbox, "t"));
        System.IO.File.WriteAllText(Path.Combine(Inbox, "a.txt"), "mine");
        System.IO.File.WriteAllText(Path.Combine(Inbox, "a (2).txt"), "mine too");
        System.IO.File.WriteAllText(Path.Combine(Inbox, "b.tar.gz"), "mine");
        Directory.CreateSymbolicLink(Path.Combine(Inbox, "dangling"), "nowhere");
        var entries = new[] { File(0, "a.txt"), File(1, "b.tar.gz"), File(2, "dangling"), Folder(3, "t"), File(4, "t/c") };
        Receive(entries);

        AssertPlaced(Complete(entries), "a (3).txt", "b (2).tar.gz", "dangling (2)", "t (2)");

        Assert.Equal("mine", System.IO.File.ReadAllText(Path.Combine(Inbox, "a.txt")));
        Assert.Equal("12345", System.IO.File.ReadAllText(Path.Combine(Inbox, "a (3).txt")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(Inbox, "t")));
        Assert.Equal("12345", System.IO.File.ReadAllText(Path.Combine(Inbox, "t (2)/c")));
        Assert.Equal("nowhere", new FileInfo(Path.Combine(Inbox, "dangling")).LinkTarget);
    }

    [Fact]
    public void A_name_that_is_taken_between_choice_and_rename_is_not_replaced_and_the_next_is_persisted_first()
    {
        Receive(File(0, "a"));
        var persisted = new List<string>();

        var report = Destination.Complete([File(0, "a")], [], (names, _) =>
        {
            persisted.AddRange(names.Select(n => n.Name));
            if (persisted.Count < 3)
                System.IO.File.WriteAllText(Path.Combine(Inbox, persisted[^1]), "theirs");
        });

        AssertPlaced(report, "a (3)");
        Assert.Equal(["a", "a (2)", "a (3)"], persisted);
        Assert.Equal("theirs", System.IO.File.ReadAllText(Path.Combine(Inbox, "a")));
        Assert.Equal("theirs", System.IO.File.ReadAllText(Path.Combine(Inbox, "a (2)")));
        Assert.Equal("12345", System.IO.File.ReadAllText(Path.Combine(Inbox, "a (3)")));
    }

    [Fact]
    public void A_long_name_is_shortened_where_it_needs_a_number()
    {
        var name = string.Concat(Enumerable.Repeat("ä", 125)) + ".txt";
        Directory.CreateDirectory(Inbox);
        System.IO.File.WriteAllText(Path.Combine(Inbox, name), "mine");
        Receive(File(0, name));

        AssertPlaced(Complete(File(0, name)), string.Concat(Enumerable.Repeat("ä", 123)) + " (2).txt");
    }

    [Fact]
    public void Special_mode_bits_are_stripped_from_files_and_directories()
    {
        var entries = new[] { Folder(0, "t", 0xFFF), Folder(1, "t/d", 0xFFF), File(2, "t/d/tool", mode: 0xFED), File(3, "tool", mode: 0xDED) };
        Receive(entries);

        AssertPlaced(Complete(entries), "t", "tool");

        Assert.Equal([0x1FF, 0x1FF, 0x1ED, 0x1ED], new[] { "t", "t/d", "t/d/tool", "tool" }.Select(ModeOf));
    }

    [Fact]
    public void A_setgid_bit_that_the_inbox_hands_down_is_stripped_too()
    {
        Directory.CreateDirectory(Inbox);
        System.IO.File.SetUnixFileMode(Inbox, (UnixFileMode)0x5ED);
        var entries = new[] { Folder(0, "t"), Folder(1, "t/d") };
        Receive(entries);

        AssertPlaced(Complete(entries), "t");

        Assert.Equal([0x1ED, 0x1ED], new[] { "t", "t/d" }.Select(ModeOf));
    }

    [Fact]
    public void Modes_come_last_so_that_a_tree_that_may_not_be_written_arrives_whole()
    {
        var entries = new[]
        {
            Folder(0, "t", mode: 0x140, In2001), Folder(1, "t/d", mode: 0x140, In2001 + 100), File(2, "t/d/a", mode: 0x100, mtimeNs: In2001 + 200),
            Link(3, "t/d/link", "a", In2001 + 300), File(4, "t/d/z", mode: 0x100, mtimeNs: -1),
        };
        Receive(entries);

        AssertPlaced(Complete(entries), "t");

        Assert.Equal([0x140, 0x140, 0x100, 0x100], new[] { "t", "t/d", "t/d/a", "t/d/z" }.Select(ModeOf));
        Assert.Equal(
            [In2001, In2001 + 100, In2001 + 200, In2001 + 300, -1], new[] { "t", "t/d", "t/d/a", "t/d/link", "t/d/z" }.Select(p => FileSystem.Local.Stat(Path.Combine(Inbox, p))!.Value.MtimeNs));
    }

    [Fact]
    public void Where_the_sender_has_no_modes_the_usual_ones_are_set()
    {
        var entries = new[] { Folder(0, "t", mode: 0), File(1, "t/a", mode: 0), File(2, "u/b", mode: 0x180) };
        Receive(entries);

        AssertPlaced(Complete(entries), "t", "u");

        Assert.Equal([0x1ED, 0x1A4, 0x1ED, 0x180], new[] { "t", "t/a", "u", "u/b" }.Select(ModeOf));
    }

    [Fact]
    public void A_file_that_is_not_whole_is_not_placed()
    {
        var entries = new[] { File(0, "a"), File(1, "b"), Folder(2, "t"), File(3, "t/c") };
        Receive(entries);
        System.IO.File.WriteAllText(Path.Combine(Staging, "a"), "123");
        System.IO.File.WriteAllText(Path.Combine(Staging, "t/c"), "123");

        var report = Complete(entries);

        Assert.Equal(["b", "t"], report.Placed.Select(p => p.Name));
        Assert.Equal(
            [new EntryRefusal(0, DiskProblem.Missing, "a: 3 bytes are here and not 5"), new EntryRefusal(3, DiskProblem.Missing, "t/c: 3 bytes are here and not 5")],
            report.Refused);
        Assert.Equal(["b", "t"], Arrived);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(Inbox, "t")));
    }

    [Fact]
    public void An_entry_that_somebody_removed_from_staging_is_said_by_name()
    {
        Receive(Folder(0, "t"), File(1, "t/a"), File(2, "b"));
        System.IO.File.Delete(Path.Combine(Staging, "t/a"));
        System.IO.File.Delete(Path.Combine(Staging, "b"));

        var report = Complete(Folder(0, "t"), File(1, "t/a"), File(2, "b"));

        Assert.Equal([(1u, DiskProblem.Missing), (2u, DiskProblem.Missing)], report.Refused.Select(r => (r.EntryNo, r.Problem)));
        Assert.Equal(["t"], Arrived);
    }

    private int ModeOf(string path) => (int)System.IO.File.GetUnixFileMode(Path.Combine(Inbox, path));
}
