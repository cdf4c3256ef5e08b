using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;
using OpenShare.Simulation.Disk;

namespace OpenShare.Simulation.Tests.Disk;

/// <summary>What is left as it stands is signed for too, and whoever wrote it need not have synced it.</summary>
public sealed class AlreadyThereTests
{
    private static readonly DeviceId Sender = DeviceId.FromBytes(new SeededRandom(1).Bytes(16));
    private static readonly TransferId Transfer = TransferId.New(new SeededRandom(2));

    private static readonly byte[] s_bytes = new SeededRandom(3).Bytes(9000);

    private static readonly DestinationEntry[] Tree =
    [
        Entry(0, "t", EntryKind.EntryDirectory, 0), Entry(1, "t/sub", EntryKind.EntryDirectory, 0), Entry(2, "t/sub/a", EntryKind.EntryFile, s_bytes.Length),
        Entry(3, "t/empty", EntryKind.EntryFile, 0),
    ];

    private static readonly Conflicts AllThere = new(ConflictPolicy.Rename, new HashSet<uint> { 0, 1, 2, 3 });

    /// <param name="files">few are synced each, many all at once</param>
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void What_another_program_wrote_outlives_a_loss_of_power_once_the_names_are_kept(int files)
    {
        var bytes = new SeededRandom(3).Bytes(9000);
        DestinationEntry[] entries =
        [
            Entry(0, "t", EntryKind.EntryDirectory, 0), Entry(1, "t/sub", EntryKind.EntryDirectory, 0),
            .. Enumerable.Range(2, files).Select(i => Entry(i, $"t/sub/{i}", EntryKind.EntryFile, bytes.Length)),
        ];
        for (var seed = 0; seed < 30; seed++)
        {
            var (disk, random) = (new SimulatedDisk(FixedTime.Provider, seed), new Random(seed));
            disk.MakeDirectory("/inbox");
            foreach (var file in entries[2..])
                disk.WriteUnsynced($"/inbox/{file.Path}", bytes);
            using var destination = disk.Mount().OpenDestination("/inbox", Sender, Transfer).Value!;
            var there = new Conflicts(ConflictPolicy.Rename, entries.Select(e => e.EntryNo).ToHashSet());

            Assert.Throws<ProcessGoneException>(() => destination.Complete(entries, [], (_, _) => disk.PowerLoss(random), there));

            Assert.All(entries[2..], file => Assert.True(
                disk.Exists($"/inbox/{file.Path}") && disk.ReadAllBytes($"/inbox/{file.Path}").AsSpan().SequenceEqual(bytes), $"seed {seed}: {file.Path} is lost"));
        }
    }

    /// <param name="closed">what its user may not open: a directory that he may enter and not list, an empty file that he may not read</param>
    [Theory]
    [InlineData("t/sub", 0x49)]
    [InlineData("t/empty", 0)]
    public void What_may_not_be_opened_is_synced_with_all_of_its_file_system(string closed, uint mode)
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var (disk, random) = (Closed(closed, mode, seed), new Random(seed));
            using var destination = disk.Mount().OpenDestination("/inbox", Sender, Transfer).Value!;

            Assert.Throws<ProcessGoneException>(() => destination.Complete(Tree, [], (_, refused) =>
            {
                Assert.Empty(refused);
                disk.PowerLoss(random);
            }, AllThere));

            Assert.All(Tree, entry => Assert.True(disk.Exists($"/inbox/{entry.Path}"), $"seed {seed}: {entry.Path} is lost"));
            Assert.Equal(s_bytes, disk.ReadAllBytes("/inbox/t/sub/a"));
        }
    }

    [Theory]
    [InlineData("t/sub", 0x49, new uint[] { 1, 2 })]
    [InlineData("t/empty", 0, new uint[] { 3 })]
    public void And_where_that_is_not_as_good_it_is_refused_by_name_and_the_rest_is_not(string closed, uint mode, uint[] lost)
    {
        var disk = Closed(closed, mode, seed: 1);
        disk.SyncsAll = false;
        using var destination = disk.Mount().OpenDestination("/inbox", Sender, Transfer).Value!;
        IReadOnlyList<EntryRefusal> persisted = [];
        // What was refused by a try that could not be kept is not forgotten by the next.
        Assert.Throws<StorageFullException>(() => destination.Complete(Tree, [], (_, _) => throw new StorageFullException("the database is full"), AllThere));

        var report = destination.Complete(Tree, [], (_, refused) => persisted = [.. refused], AllThere);

        Assert.True(report.Result.IsDone, report.Result.Detail);
        Assert.Equal(lost, report.Refused.Select(r => r.EntryNo));
        Assert.Equal(report.Refused, persisted);
        Assert.All(report.Refused, r => Assert.Equal(
            $"{Tree[(int)r.EntryNo].Path}: it stands there, but may be lost with the power: {closed}: Permission denied, so that it cannot be synced", r.Reason));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_put_into_a_directory_that_may_not_be_listed_is_synced_so_too_or_it_is_said_why_not(bool syncsAll)
    {
        var disk = Closed("t/sub", 0xC9, seed: 1);
        disk.SyncsAll = syncsAll;
        using var destination = disk.Mount().OpenDestination("/inbox", Sender, Transfer).Value!;
        var added = Entry(4, "t/sub/b", EntryKind.EntryFile, s_bytes.Length);
        Assert.True(destination.Prepare([added]).Result.IsDone);
        Assert.True(destination.Write(added, 0, [s_bytes]).IsDone);

        var report = destination.Complete([.. Tree, added], [], (_, _) => { }, AllThere with { Policy = ConflictPolicy.Skip });

        Assert.Equal(
            syncsAll ? DiskResult.Done : new DiskResult(DiskProblem.Denied, "t/sub: Permission denied, so that it cannot be synced"), report.Result);
        if (syncsAll)
        {
            disk.PowerLoss(new Random(0));
            Assert.Equal(s_bytes, disk.ReadAllBytes("/inbox/t/sub/b"));
        }
    }

    private static SimulatedDisk Closed(string path, uint mode, int seed)
    {
        var disk = new SimulatedDisk(FixedTime.Provider, seed);
        disk.MakeDirectory("/inbox");
        disk.WriteUnsynced("/inbox/t/sub/a", s_bytes);
        disk.WriteUnsynced("/inbox/t/empty", []);
        disk.SetMode($"/inbox/{path}", mode);
        return disk;
    }

    private static DestinationEntry Entry(int no, string path, EntryKind kind, long size) => new((uint)no, path, kind, size, 0x1FF, 0, "");
}
