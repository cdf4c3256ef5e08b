using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Storage.Disk;

/// <summary>What a transfer does in its destination while it arrives.</summary>
public sealed class ArrivingTests : DestinationSpecs
{
    private const int MiB = 1024 * 1024;

    [Fact]
    public void Nothing_stands_under_its_final_name_before_placing()
    {
        var entries = new[] { Folder(0, "photos"), File(1, "photos/a.jpg"), File(2, "notes.txt") };
        Receive(entries);
        Destination.Sync(entries);

        Assert.Empty(Arrived);
        Assert.Equal("12345", System.IO.File.ReadAllText(Path.Combine(Staging, "photos/a.jpg")));

        AssertPlaced(Complete(entries), "photos", "notes.txt");
        Assert.Equal(["notes.txt", "photos"], Arrived);
        Assert.Equal("12345", System.IO.File.ReadAllText(Path.Combine(Inbox, "photos/a.jpg")));
    }

    [Fact]
    public void The_staging_place_is_for_its_owner_only()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Staging)!, (UnixFileMode)0x1FF);
        System.IO.File.SetUnixFileMode(Path.GetDirectoryName(Staging)!, (UnixFileMode)0x1FF);
        var (whole, half) = (File(0, "a"), File(1, "b"));
        Receive(whole);
        Assert.True(Destination.Prepare([half]).Result.IsDone);
        Assert.True(Destination.Write(half, 0, ["12"u8.ToArray()]).IsDone);

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(owner | UnixFileMode.UserExecute, System.IO.File.GetUnixFileMode(Path.GetDirectoryName(Staging)!));
        Assert.Equal(owner | UnixFileMode.UserExecute, System.IO.File.GetUnixFileMode(Staging));
        // What is whole may have its own mode: nobody else comes so far.
        Assert.Equal(owner, System.IO.File.GetUnixFileMode(Path.Combine(Staging, "b")));
    }

    // So many that they are not opened again one by one at the end.
    [Fact]
    public void Files_of_a_directory_that_somebody_moved_away_are_not_said_to_be_there()
    {
        DestinationEntry[] files = [.. Enumerable.Range(0, 70).Select(n => File((uint)n, $"d/{n}"))];
        Receive(files);
        Directory.Move(Path.Combine(Staging, "d"), Path.Combine(Inbox, "elsewhere"));
        Directory.CreateDirectory(Path.Combine(Staging, "d"));

        var report = Complete(files);

        Assert.Equal(files.Select(f => f.EntryNo), report.Refused.Select(r => r.EntryNo));
        Assert.All(report.Refused, r => Assert.Equal(DiskProblem.Missing, r.Problem));
    }

    [Fact]
    public void Small_files_have_mode_and_time_when_they_are_whole()
    {
        DestinationEntry[] files = [.. Enumerable.Range(0, 70).Select(n => File((uint)n, $"d/{n}", mode: 0x120, mtimeNs: 1_000_000_000L * n))];
        Receive(files);

        Assert.Empty(Complete(files).Refused);

        Assert.All(files, f => Assert.Equal(
            ((UnixFileMode)0x120, DateTime.UnixEpoch.AddSeconds(f.EntryNo)),
            (System.IO.File.GetUnixFileMode(Path.Combine(Inbox, f.Path)), System.IO.File.GetLastWriteTimeUtc(Path.Combine(Inbox, f.Path)))));
    }

    [SkippableFact]
    public void A_staging_place_of_another_user_is_not_used()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "giving a directory to another user needs root");
        var partial = Directory.CreateDirectory(Path.GetDirectoryName(Staging)!).FullName;
        using (var chown = System.Diagnostics.Process.Start("chown", ["nobody", partial]))
            chown.WaitForExit();

        var opened = Opened();

        Assert.Equal((DiskProblem.Denied, $"{partial} belongs to another user"), (opened.Problem, opened.Detail));
    }

    [Fact]
    public void A_link_in_the_staging_places_stead_is_not_followed()
    {
        Directory.CreateDirectory(Inbox);
        Directory.CreateSymbolicLink(Path.GetDirectoryName(Staging)!, Outside);

        Assert.Equal(DiskProblem.LinkInTheWay, Opened().Problem);
        Assert.Empty(Directory.GetFileSystemEntries(Outside));
    }

    [Fact]
    public void After_a_restart_what_was_written_is_there_and_no_file_is_made_anew()
    {
        Receive(File(0, "a"), File(1, "b"));
        Restart();
        System.IO.File.Delete(Path.Combine(Staging, "b"));

        Assert.Equal([1u], Destination.FindMissing([File(0, "a"), File(1, "b")]));
        var report = Destination.Prepare([File(0, "a"), File(1, "b")]);

        Assert.Equal([1u], report.MadeAnew);
        var held = new byte[5];
        Assert.True(Destination.Read(File(0, "a"), 0, held).IsDone);
        Assert.Equal("12345"u8.ToArray(), held);
        Assert.Equal(DiskProblem.Missing, Destination.Read(File(1, "b"), 0, held).Problem);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_entry_of_the_name_that_folding_is_tried_with_arrives(bool isDirectory)
    {
        const string name = ".probe-\u00E9";
        var entries = isDirectory ? new[] { Folder(0, name), File(1, $"{name}/a"), Folder(2, "d") } : [File(0, name), Folder(1, "d"), File(2, "d/a")];
        Receive(entries);
        Restart();

        var report = Destination.Prepare(entries);
        Assert.Equal(DiskResult.Done, report.Result);
        Assert.Empty(report.Refused);

        AssertPlaced(Complete(entries), name, "d");
    }

    [Fact]
    public void Two_transfers_in_one_inbox_do_not_meet()
    {
        using var other = new LocalDisk().OpenDestination(Inbox, Sender, TransferId.New(new SeededRandom(3))).Value!;
        Receive(File(0, "a"));
        Assert.Equal([0u], other.Prepare([File(0, "a")]).MadeAnew);

        Assert.True(other.Discard().IsDone);

        Assert.True(System.IO.File.Exists(Path.Combine(Staging, "a")));
    }

    [Fact]
    public void What_is_discarded_leaves_nothing_behind()
    {
        Receive(Folder(0, "t"), File(1, "t/a"));

        Assert.Equal(DiskResult.Done, Destination.Discard());

        Assert.Empty(Directory.GetFileSystemEntries(Inbox));
    }

    [Fact]
    public void Discarding_does_not_reach_through_a_link()
    {
        Receive(Folder(0, "t"));
        System.IO.File.WriteAllText(Path.Combine(Outside, "kept"), "");
        Directory.CreateSymbolicLink(Path.Combine(Staging, "t/link"), Outside);

        Assert.Equal(DiskResult.Done, Destination.Discard());

        Assert.True(System.IO.File.Exists(Path.Combine(Outside, "kept")));
    }

    [Fact]
    public void A_withdrawn_entry_is_not_placed()
    {
        var entries = new[] { Folder(0, "t"), File(1, "t/a"), File(2, "t/b") };
        Receive(entries);

        Assert.Equal(DiskResult.Done, Destination.Remove(entries[2]));

        AssertPlaced(Complete(entries[0], entries[1]), "t");
        Assert.Equal(["a"], Directory.GetFiles(Path.Combine(Inbox, "t")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 6)]
    [InlineData(5, 1)]
    public void A_chunk_outside_of_its_file_is_not_written(long offset, int length)
    {
        Receive(File(0, "a"));

        var result = Destination.Write(File(0, "a"), offset, [new byte[length]]);

        Assert.Equal(DiskProblem.Failed, result.Problem);
        Assert.Equal("12345", System.IO.File.ReadAllText(Path.Combine(Staging, "a")));
    }

    [SkippableTheory]
    [InlineData(DiskType.Tmpfs)]
    [InlineData(DiskType.Ext4)]
    public async Task On_a_full_disk_a_large_file_is_refused_at_once_and_small_ones_when_they_are_written(DiskType type)
    {
        using var disk = await SmallDisk.MountAsync(4, type);
        using var destination = new LocalDisk().OpenDestination(disk.Path, Sender, Transfer).Value!;
        Assert.InRange(destination.AvailableBytes, 1, 4 * MiB);

        var prepared = destination.Prepare([File(0, "large", 16 * MiB)]);
        Assert.Equal(new DiskResult(DiskProblem.Full, "large: no space left on the disk"), prepared.Result);
        // The part that was taken is given back.
        var small = File(1, "small", MiB / 2);
        Assert.True(destination.Prepare([small]).Result.IsDone);
        Assert.True(destination.Write(small, 0, [new byte[small.Size]]).IsDone);
        var second = File(2, "second", (8 * MiB) - 1);
        System.IO.File.WriteAllText(Path.Combine(disk.Path, ".openshare-partial", $"{Sender}-{Transfer}", "second"), "");
        Assert.Equal(new DiskResult(DiskProblem.Full, "second: no space left on the disk"), destination.Write(second, 0, [new byte[second.Size]]));
    }
}
