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

    private static DestinationEntry Entry(int no, string path, EntryKind kind, long size) => new((uint)no, path, kind, size, 0x1FF, 0, "");
}
