using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Storage.Disk.Receiving;

namespace OpenShare.Device.Tests.Storage.Disk;

/// <summary>Cut at any step of its end, a transfer is brought to its end by a later process, once.</summary>
public sealed class CrashWhilePlacingTests : DestinationSpecs
{
    private static readonly DestinationEntry[] Entries = [File(0, "a"), Folder(1, "t", mode: 0x140), File(2, "t/c")];

    private readonly List<ChosenName> _persisted = [];

    [Fact]
    public void Before_the_names_were_persisted()
    {
        Receive(Entries);
        Cut(names => throw new InvalidOperationException("killed"));

        Assert.Empty(Arrived);
        AssertPlacedOnce();
    }

    [Fact]
    public void After_the_names_were_persisted_and_before_the_first_rename()
    {
        Receive(Entries);
        Cut(names =>
        {
            _persisted.AddRange(names);
            throw new InvalidOperationException("killed");
        });

        Assert.Empty(Arrived);
        AssertPlacedOnce();
    }

    [Fact]
    public void Between_two_renames()
    {
        Receive(Entries);
        // The second top's name is taken meanwhile: its new name is to be persisted, and there the process dies.
        Cut(names =>
        {
            if (_persisted.Count > 0)
                throw new InvalidOperationException("killed");
            _persisted.AddRange(names);
            Directory.CreateDirectory(Path.Combine(Inbox, "t"));
        });
        Assert.Equal(["a", "t"], Arrived);
        Directory.Delete(Path.Combine(Inbox, "t"));

        AssertPlacedOnce();
    }

    [Fact]
    public void After_all_was_renamed_and_before_that_was_known()
    {
        Receive(Entries);
        Complete(_persisted);
        System.IO.File.SetUnixFileMode(Path.Combine(Inbox, "t"), (UnixFileMode)0x1FF);

        AssertPlacedOnce();
        // The touches that come after the rename are given again.
        Assert.Equal((UnixFileMode)0x140, System.IO.File.GetUnixFileMode(Path.Combine(Inbox, "t")));
    }

    [Fact]
    public void A_file_of_that_name_that_is_not_ours_does_not_count_as_placed()
    {
        Receive(File(0, "a"));
        Cut(names =>
        {
            _persisted.AddRange(names);
            throw new InvalidOperationException("killed");
        }, File(0, "a"));
        System.IO.File.WriteAllText(Path.Combine(Inbox, "a"), "theirs");
        Restart();

        var report = Destination.Complete([File(0, "a")], [.. _persisted], Keep);

        AssertPlaced(report, "a (2)");
        Assert.Equal("theirs", System.IO.File.ReadAllText(Path.Combine(Inbox, "a")));
        Assert.Equal("a (2)", _persisted[^1].Name);
    }

    [Fact]
    public void The_name_that_was_told_already_is_kept_while_it_is_free()
    {
        Directory.CreateDirectory(Inbox);
        System.IO.File.WriteAllText(Path.Combine(Inbox, "a"), "mine");
        Receive(File(0, "a"));
        Cut(names =>
        {
            _persisted.AddRange(names);
            throw new InvalidOperationException("killed");
        }, File(0, "a"));
        System.IO.File.Delete(Path.Combine(Inbox, "a"));
        Restart();

        AssertPlaced(Destination.Complete([File(0, "a")], [.. _persisted], Keep), "a (2)");
    }

    [Fact]
    public void Data_is_synced_before_a_name_is_persisted_and_a_name_is_persisted_before_it_is_used()
    {
        Receive(File(0, "a"));
        var order = new List<string>();
        using var staging = FileSystem.Local.OpenFolder(Staging);
        using var inbox = FileSystem.Local.OpenFolder(Inbox);

        new Placing(staging, inbox, [], (_, _) => Note("persisted"), Conflicts.None).Run([File(0, "a")], [File(0, "a")], [], () => Note("synced"));

        Assert.Equal(["synced, 0 arrived", "persisted, 0 arrived"], order);
        Assert.Equal(["a"], Arrived);

        void Note(string what) => order.Add($"{what}, {Arrived.Count()} arrived");
    }

    [Fact]
    public void What_was_refused_is_persisted_no_later_than_the_name_of_its_folder()
    {
        DestinationEntry[] entries = [Folder(0, "t"), File(1, "t/a"), File(2, "t/b")];
        Receive(entries);
        System.IO.File.Delete(Path.Combine(Staging, "t/b"));
        var refused = new List<EntryRefusal>();
        Assert.Throws<InvalidOperationException>(() => Destination.Complete(entries, [], (names, refusals) =>
        {
            Keep(names, refusals);
            refused.AddRange(refusals);
            throw new InvalidOperationException("killed");
        }));
        Assert.Equal((2u, DiskProblem.Missing), Assert.Single(refused.Select(r => (r.EntryNo, r.Problem))));
        Restart();

        AssertPlaced(Destination.Complete(entries[..2], [.. _persisted], Keep), "t");

        Assert.Equal(["a"], Directory.GetFileSystemEntries(Path.Combine(Inbox, "t")).Select(p => Path.GetFileName(p)));
    }

    private void AssertPlacedOnce()
    {
        Restart();
        // Kept by top, as the database does: a later name replaces an earlier one.
        var earlier = _persisted.GroupBy(n => n.Top).Select(g => g.Last()).ToList();

        AssertPlaced(Destination.Complete(Entries, earlier, Keep), "a", "t");

        Assert.Equal(["a", "t"], Arrived);
        Assert.Equal("12345", System.IO.File.ReadAllText(Path.Combine(Inbox, "a")));
        Assert.Equal("12345", System.IO.File.ReadAllText(Path.Combine(Inbox, "t/c")));
        Assert.Equal(DiskResult.Done, Destination.Discard());
        Assert.Equal(["a", "t"], Directory.GetFileSystemEntries(Inbox).Select(p => Path.GetFileName(p)).Order());
    }

    private void Keep(IReadOnlyList<ChosenName> names, IReadOnlyList<EntryRefusal> refused) => _persisted.AddRange(names);

    private void Complete(List<ChosenName> persisted) => AssertPlaced(Destination.Complete(Entries, [], (names, _) => persisted.AddRange(names)), "a", "t");

    private void Cut(Action<IReadOnlyList<ChosenName>> persist, params DestinationEntry[] entries) =>
        Assert.Throws<InvalidOperationException>(() => Destination.Complete(entries.Length == 0 ? Entries : entries, [], (names, _) => persist(names)));
}
