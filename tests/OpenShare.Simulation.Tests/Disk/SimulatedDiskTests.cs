using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;
using OpenShare.Simulation.Disk;

namespace OpenShare.Simulation.Tests.Disk;

/// <summary>That the simulated disk does go wrong in the ways it is asked to, and not in others.</summary>
public sealed class SimulatedDiskTests
{
    private static readonly DeviceId Sender = DeviceId.FromBytes(new SeededRandom(1).Bytes(16));
    private static readonly TransferId Transfer = TransferId.New(new SeededRandom(2));

    private readonly SimulatedDisk _disk = new(FixedTime.Provider, 1);

    [Fact]
    public void A_disk_is_full_and_then_it_is_freed()
    {
        using var destination = Opened();
        var (small, large) = (File(0, "a", 3000), File(1, "b", 1 << 20));
        _disk.Write("/mine", new byte[5000]);
        _disk.Capacity = 10_000;

        Assert.Equal(5000, destination.AvailableBytes);
        Assert.Equal(DiskProblem.Full, destination.Prepare([small, large]).Result.Problem);
        Assert.Equal(DiskResult.Done, destination.Write(small, 0, [new byte[2500], new byte[500]]));
        _disk.Write("/mine", new byte[6500]);
        Assert.Equal(DiskResult.Done, destination.Prepare([File(2, "c", 1000)]).Result);
        Assert.Equal(DiskProblem.Full, destination.Write(File(2, "c", 1000), 0, [new byte[1000]]).Problem);
        Assert.Equal(10_000, _disk.Used);

        _disk.Capacity = 1 << 21;
        Assert.Equal(DiskResult.Done, destination.Prepare([small, large]).Result);
        _disk.Remove("/mine");
        Assert.Equal(3000 + 500 + (1 << 20), _disk.Used);
    }

    [Fact]
    public void What_a_process_does_costs_time_and_more_of_it_on_a_slow_disk()
    {
        using var destination = Opened();
        destination.Prepare([File(0, "a", 5)]);
        // With the first it is closed, the second has it open again.
        destination.Write(File(0, "a", 5), 0, [new byte[5]]);
        destination.Write(File(0, "a", 5), 0, [new byte[5]]);
        _disk.TakeCost();
        Assert.Equal(TimeSpan.Zero, _disk.TakeCost());

        destination.Write(File(0, "a", 5), 0, [new byte[5]]);
        var usual = _disk.TakeCost();
        _disk.Slowness = 1000;
        destination.Write(File(0, "a", 5), 0, [new byte[5]]);

        Assert.True(usual > TimeSpan.Zero);
        Assert.Equal(usual * 1000, _disk.TakeCost());
    }

    [Fact]
    public void Errors_come_by_chance_and_only_when_asked_for()
    {
        using var destination = Opened();
        var file = File(0, "a", 5);
        destination.Prepare([file]);
        destination.Write(file, 0, [new byte[5]]);

        (_disk.ReadErrors, _disk.WriteErrors) = (0, 1);
        Assert.Equal((DiskProblem.Lost, DiskProblem.None, DiskProblem.Failed), (Write().Problem, Read().Problem, destination.Sync([file]).Problem));
        (_disk.ReadErrors, _disk.WriteErrors) = (1, 0);
        Assert.Equal((DiskProblem.None, DiskProblem.Lost), (Write().Problem, Read().Problem));
        (_disk.ReadErrors, _disk.WriteErrors) = (0, 0.5);
        Assert.InRange(Enumerable.Range(0, 100).Count(_ => Write().IsDone), 25, 75);

        DiskResult Write() => destination.Write(file, 0, [new byte[5]]);
        DiskResult Read() => destination.Read(file, 0, new byte[5]);
    }

    [Fact]
    public void A_killed_process_changes_nothing_any_more_and_the_next_finds_all_it_did()
    {
        var file = File(0, "a", 5);
        var killed = Opened();
        killed.Prepare([file]);
        killed.Write(file, 0, ["12345"u8.ToArray()]);
        var before = _disk.Snapshot("/").Select(e => e.Path).ToList();

        _disk.Unmount();
        Assert.Throws<ProcessGoneException>(() => killed.Write(file, 0, ["54321"u8.ToArray()]));
        Assert.Throws<ProcessGoneException>(() => killed.Prepare([File(1, "b", 5)]));
        Assert.Throws<ProcessGoneException>(() => killed.Complete([file], [], (_, _) => { }));
        Assert.Throws<ProcessGoneException>(() => killed.Discard());
        killed.Dispose();

        using var next = Opened();
        var found = new byte[5];
        Assert.Equal(DiskResult.Done, next.Read(file, 0, found));
        Assert.Equal("12345"u8.ToArray(), found);
        Assert.Equal(before, _disk.Snapshot("/").Select(e => e.Path));
    }

    [Fact]
    public void A_mount_ends_the_process_that_had_the_disk_before()
    {
        using var first = Opened();
        using var second = Opened();

        Assert.Throws<ProcessGoneException>(() => first.AvailableBytes);
        Assert.Equal(long.MaxValue, second.AvailableBytes);
    }

    [Fact]
    public void A_loss_of_power_keeps_what_was_synced_and_of_the_rest_anything()
    {
        var seen = new HashSet<string>();
        var old = Enumerable.Repeat((byte)1, 3 * FileContent.Block).ToArray();
        var whole = Enumerable.Repeat((byte)2, old.Length + FileContent.Block).ToArray();
        var file = File(0, "a", whole.Length);
        for (var seed = 0; seed < 200; seed++)
        {
            var disk = new SimulatedDisk(FixedTime.Provider, seed);
            var destination = disk.Mount().OpenDestination("/inbox", Sender, Transfer).Value!;
            destination.Prepare([file]);
            destination.Write(file, 0, [old]);
            destination.Sync([file]);
            destination.Prepare([File(1, "unsynced", 5)]);
            destination.Write(file, 0, [whole]);
            disk.PowerLoss(new Random(seed));

            Assert.Throws<ProcessGoneException>(() => destination.Sync([]));
            var found = disk.ReadAllBytes($"/inbox/.openshare-partial/{Sender}-{Transfer}/a");
            Assert.Contains(found.Length, new[] { old.Length, whole.Length });
            Assert.False(found.AsSpan(0, old.Length).ContainsAnyExcept((byte)1, (byte)2));
            Assert.False(found.AsSpan(old.Length).ContainsAnyExcept((byte)0, (byte)2));
            var parts = found.Take(old.Length).Distinct().Count();
            seen.Add(found.AsSpan().SequenceEqual(old) ? "all lost" : found.AsSpan().SequenceEqual(whole) ? "all kept" : parts > 1 ? "torn" : "torn at the end");
            seen.Add(disk.Snapshot("/inbox").Any(e => e.Path.EndsWith("/unsynced", StringComparison.Ordinal)) ? "name kept" : "name lost");
        }

        Assert.Equal(["all kept", "all lost", "name kept", "name lost", "torn", "torn at the end"], seen.Order());
    }

    [Fact]
    public void A_rename_is_kept_or_lost_whole_and_names_of_one_directory_in_their_order()
    {
        var seen = new HashSet<string>();
        for (var seed = 0; seed < 100; seed++)
        {
            var disk = new SimulatedDisk(FixedTime.Provider, seed);
            var files = disk.MountFiles();
            disk.MakeDirectory("/to");
            disk.MakeDirectory("/from");
            using (var from = files.OpenFolder("/from"))
            using (var to = files.OpenFolder("/to"))
            {
                from.CreateFile("first")!.Dispose();
                from.CreateFile("moved")!.Dispose();
                from.Sync("");
                from.TryMove("moved", to, "moved");
                to.CreateFile("second")!.Dispose();
                to.CreateFile("third")!.Dispose();
            }
            disk.PowerLoss(new Random(seed));
            seen.Add(string.Join(' ', disk.Snapshot("/").Select(e => e.Path).Where(p => p.Contains('/', StringComparison.Ordinal))));
        }

        Assert.Equal(
            [
                "from/first from/moved",
                "from/first to/moved",
                "from/first to/moved to/second",
                "from/first to/moved to/second to/third",
            ],
            seen.Order());
    }

    [Fact]
    public void One_seed_does_the_same_each_time()
    {
        var runs = Enumerable.Range(0, 2).Select(_ =>
        {
            var disk = new SimulatedDisk(FixedTime.Provider, 5) { WriteErrors = 0.1 };
            disk.WriteTree("/tree", 9, 30, 50_000);
            using var source = disk.Mount().OpenSource(["/tree"]);
            var destination = disk.Mount().OpenDestination("/inbox", Sender, Transfer).Value!;
            var report = destination.Prepare([.. Enumerable.Range(0, 50).Select(i => File((uint)i, $"d/{i}", 5))]);
            disk.PowerLoss(new Random(3));
            return string.Join('\n', disk.Snapshot("/").Select(e => $"{e.Path} {e.Mode} {e.MtimeNs} {Convert.ToHexString(e.Bytes ?? [])}").Prepend(report.ToString()));
        }).ToList();

        Assert.Equal(runs[0], runs[1]);
    }

    [Fact]
    public void Names_that_differ_in_case_are_one_where_the_disk_folds_it()
    {
        var disk = new SimulatedDisk(FixedTime.Provider, 1, foldsCase: true);
        using var destination = disk.Mount().OpenDestination("/inbox", Sender, Transfer).Value!;

        var report = destination.Prepare([File(0, "d/a", 5), File(1, "d/A", 5), File(2, "d/b", 5)]);

        Assert.Equal((1u, DiskProblem.NameRefused), Assert.Single(report.Refused.Select(r => (r.EntryNo, r.Problem))));
    }

    [Fact]
    public void Every_change_a_process_makes_is_told_with_its_whole_path()
    {
        var told = new List<string>();
        _disk.Changed += c => told.Add($"{c.Kind} {c.Path.Replace($"{Sender}-{Transfer}", "x", StringComparison.Ordinal)}");
        var file = File(0, "a", 5);
        _disk.Write("/home/mine", "1"u8);
        using (var destination = Opened())
        {
            destination.Prepare([file]);
            destination.Write(file, 0, [new byte[5]]);
            destination.Complete([file], [], (_, _) => { });
            destination.Discard();
        }

        Assert.Equal(
            [
                "Made /inbox", "Made /inbox/.openshare-partial", "Made /inbox/.openshare-partial/x", "Made /inbox/.openshare-partial/x/a",
                "Written /inbox/.openshare-partial/x/a", "Finished /inbox/.openshare-partial/x/a", "Renamed /inbox/a",
                "Removed /inbox/.openshare-partial/x", "Removed /inbox/.openshare-partial",
            ],
            told);
    }

    [Fact]
    public void A_source_is_read_and_a_change_of_it_is_noticed()
    {
        _disk.Write("/home/t/a", "12345"u8);
        _disk.MakeLink("/home/t/link", "a");
        _disk.MakeLink("/home/named", "t");
        using var source = _disk.Mount().OpenSource(["/home/named", "/home/gone"]);
        var found = source.Scan().ToList();
        var entries = found.OfType<SourceItem.Entry>().Select(e => e.Value).ToList();
        var bytes = new byte[5];

        Assert.Equal(["named", "named/a", "named/link"], entries.Select(e => e.Path));
        Assert.Equal("gone", Assert.Single(found.OfType<SourceItem.Skipped>()).Path);
        Assert.Equal(DiskResult.Done, source.Read("named/a", entries[1].Identity, 0, [bytes]));
        Assert.Equal("12345"u8.ToArray(), bytes);
        _disk.Write("/home/t/a", "54321"u8);
        Assert.Equal(DiskProblem.Changed, source.Read("named/a", entries[1].Identity, 0, [bytes]).Problem);
    }

    private IDestination Opened() => _disk.Mount().OpenDestination("/inbox", Sender, Transfer).Value!;

    private static DestinationEntry File(uint no, string path, long size) => new(no, path, EntryKind.EntryFile, size, 0x1A4, 0, "");
}
