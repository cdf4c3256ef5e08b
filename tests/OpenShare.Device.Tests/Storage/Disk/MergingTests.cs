using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Storage.Disk;

/// <summary>What a wish to overwrite or to skip makes of what stands in the destination, and what it never does.</summary>
public sealed class MergingTests : DestinationSpecs
{
    [Fact]
    public void A_directory_that_may_not_be_written_is_merged_and_keeps_its_own_mode_and_new_ones_get_theirs()
    {
        Put("t/a", "old");
        System.IO.File.SetUnixFileMode(Path.Combine(Inbox, "t"), (UnixFileMode)0x1C0);
        var entries = new[] { Folder(0, "t", mode: 0x140), File(1, "t/a"), Folder(2, "t/new", mode: 0x140), File(3, "t/new/b") };
        Receive(entries);

        AssertPlaced(Merge(ConflictPolicy.Overwrite, entries), "t");

        Assert.Equal(("12345", "12345"), (Read("t/a"), Read("t/new/b")));
        Assert.Equal([0x1C0, 0x140], new[] { "t", "t/new" }.Select(p => (int)System.IO.File.GetUnixFileMode(Path.Combine(Inbox, p))));
    }

    [Fact]
    public void The_place_where_other_transfers_are_staged_is_not_merged_into()
    {
        var other = $".openshare-partial/{new string('a', 32)}-{new string('b', 32)}";
        Put(other + "/file", "theirs");
        var entries = new[] { Folder(0, ".openshare-partial"), Folder(1, other), File(2, other + "/file") };
        Receive(entries);

        AssertPlaced(Merge(ConflictPolicy.Overwrite, entries), ".openshare-partial (2)");

        Assert.Equal("theirs", Read(other + "/file"));
        Assert.Equal(StandingKind.InTheWay, Destination.Look(entries[2]).Kind);
    }

    [Theory]
    [InlineData(ConflictPolicy.Overwrite, DiskProblem.NameRefused)]
    [InlineData(ConflictPolicy.Skip, DiskProblem.Taken)]
    public void A_directory_that_is_a_link_is_not_followed(ConflictPolicy policy, DiskProblem problem)
    {
        Put("outside/c", "not to be touched");
        Put("t/x", "mine");
        Directory.CreateSymbolicLink(Path.Combine(Inbox, "t/sub"), Path.Combine(Inbox, "outside"));
        var entries = new[] { Folder(0, "t"), Folder(1, "t/sub"), File(2, "t/sub/c") };
        Receive(entries);

        var report = Merge(policy, entries);

        Assert.Equal([(1u, problem), (2u, problem)], report.Refused.Select(r => (r.EntryNo, r.Problem)));
        Assert.Equal("not to be touched", Read("outside/c"));
    }

    [Fact]
    public void What_the_user_moved_away_meanwhile_is_not_written_to()
    {
        Put("t/sub/a", "mine");
        var entries = new[] { Folder(0, "t"), Folder(1, "t/sub"), File(2, "t/sub/a") };
        Assert.Equal(StandingKind.Replaceable, Destination.Look(entries[2]).Kind);
        Receive(entries);
        Directory.Move(Path.Combine(Inbox, "t/sub"), Path.Combine(Inbox, "archive"));
        Directory.CreateDirectory(Path.Combine(Inbox, "t/sub"));

        AssertPlaced(Merge(ConflictPolicy.Overwrite, entries), "t");

        Assert.Equal(("mine", "12345"), (Read("archive/a"), Read("t/sub/a")));
    }

    [Fact]
    public void A_directory_that_is_left_as_it_stands_keeps_its_mode_also_after_a_crash()
    {
        Put("t/a", "12345");
        System.IO.File.SetUnixFileMode(Path.Combine(Inbox, "t"), (UnixFileMode)0x1C0);
        var entries = new[] { Folder(0, "t", mode: 0x1ED), File(1, "t/a") };
        Assert.True(Destination.Prepare([entries[0]]).Result.IsDone);
        var persisted = new List<ChosenName>();
        AssertPlaced(Destination.Complete(entries, [], (names, _) => persisted.AddRange(names), new Conflicts(ConflictPolicy.Rename, new HashSet<uint> { 0, 1 })), "t");
        Restart();

        AssertPlaced(Destination.Complete(entries, persisted, (_, _) => { }), "t");

        Assert.Equal(0x1C0, (int)System.IO.File.GetUnixFileMode(Path.Combine(Inbox, "t")));
    }

    [Fact]
    public void Of_a_name_that_is_taken_at_the_last_moment_skip_writes_nothing()
    {
        var entries = new[] { Folder(0, "t"), File(1, "t/a"), File(2, "b"), Folder(3, "d"), File(4, "d/c") };
        Receive(entries);
        Put("t/only", "mine");

        var report = Destination.Complete(
            entries, [], (_, _) => { Put("t/a", "theirs"); Put("b", "theirs"); Put("d", "theirs"); }, new Conflicts(ConflictPolicy.Skip, new HashSet<uint>()));

        Assert.Equal(("theirs", "mine"), (Read("t/a"), Read("t/only")));
        Assert.Contains(new EntryRefusal(1, DiskProblem.Taken, "t/a: the name is taken"), report.Refused);
        Assert.Contains(new EntryRefusal(2, DiskProblem.Taken, "b: the name is taken"), report.Refused);
        Assert.Contains(new EntryRefusal(3, DiskProblem.Taken, "d: the name is taken"), report.Refused);
        // What lies in a folder that does not come does not come either.
        Assert.Contains(new EntryRefusal(4, DiskProblem.Taken, "d/c: the name is taken"), report.Refused);
    }

    [Fact]
    public void What_is_left_as_it_stands_is_known_again_after_a_crash()
    {
        Put("a", "12345");
        var persisted = new List<ChosenName>();
        var there = new Conflicts(ConflictPolicy.Rename, new HashSet<uint> { 0 });
        AssertPlaced(Destination.Complete([File(0, "a")], [], (names, _) => persisted.AddRange(names), there), "a");
        Restart();

        AssertPlaced(Destination.Complete([File(0, "a")], persisted, (_, _) => { }), "a");

        Assert.Equal(["a"], Arrived);
    }

    [Fact]
    public void A_file_that_changed_since_it_was_looked_at_is_not_read_as_if_it_were_the_same()
    {
        Put("a", "12345");
        var standing = Destination.Look(File(0, "a"));
        Assert.Equal(StandingKind.Same, standing.Kind);
        var bytes = new byte[5];
        Assert.Equal(DiskResult.Done, Destination.ReadStanding(File(0, "a"), standing.Identity, 0, bytes));
        Assert.Equal("12345"u8.ToArray(), bytes);

        System.IO.File.Delete(Path.Combine(Inbox, "a"));
        Put("a", "54321");

        Assert.Equal(DiskProblem.Changed, Destination.ReadStanding(File(0, "a"), standing.Identity, 0, bytes).Problem);
    }

    private CompletionReport Merge(ConflictPolicy policy, params DestinationEntry[] entries) =>
        Destination.Complete(entries, [], (_, _) => { }, new Conflicts(policy, new HashSet<uint>()));

    private void Put(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Inbox, name))!);
        System.IO.File.WriteAllText(Path.Combine(Inbox, name), text);
    }

    private string Read(string name) => System.IO.File.ReadAllText(Path.Combine(Inbox, name));
}
