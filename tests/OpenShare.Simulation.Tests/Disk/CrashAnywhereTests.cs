using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpenShare.Device.Storage.Disk;
using OpenShare.Simulation.Disk;

namespace OpenShare.Simulation.Tests.Disk;

/// <summary>
/// The real disk logic, its process killed, its power lost, an error or a full disk met at each single change it makes:
/// afterwards nothing stands under its final name that is not whole, what was synced is there, and a later process brings
/// it to its end.
/// </summary>
public sealed class CrashAnywhereTests
{
    private const string Inbox = "/home/bob/new/inbox";
    private const string Outgoing = "/home/alice/outgoing";

    // Beyond so many files, the whole file system is synced at once; then there is a great number of changes, all alike.
    private const int SyncedEach = 64;

    private readonly TimeProvider _clock = FixedTime.Provider;

    /// <summary>Seed, files in the tree, and after how many files there is a sync on the way.</summary>
    public static TheoryData<int, int, int> Trees => new() { { 1, 8, 5 }, { 2, 12, 1000 }, { 3, 66, 5 } };

    [Theory]
    [MemberData(nameof(Trees))]
    public void Killed(int seed, int files, int syncEvery) => CrashEverywhere(seed, files, syncEvery, files > SyncedEach ? 1 : 4, (disk, _, _) => disk.Unmount());

    [Theory]
    [MemberData(nameof(Trees))]
    public void Power_lost(int seed, int files, int syncEvery) => CrashEverywhere(seed, files, syncEvery, files > SyncedEach ? 2 : 8, (disk, receiver, random) =>
    {
        disk.PowerLoss(random);
        receiver.LosePower(random);
    });

    [Theory]
    [MemberData(nameof(Trees))]
    public void One_access_failed(int seed, int files, int syncEvery) => CrashEverywhere(seed, files, syncEvery, 1, (disk, _, _) =>
    {
        disk.WriteErrors = 1;
        disk.Changing += Recover;

        void Recover()
        {
            disk.WriteErrors = 0;
            disk.Changing -= Recover;
        }
    });

    [Theory]
    [MemberData(nameof(Trees))]
    public void Full_from_there_on_and_then_freed(int seed, int files, int syncEvery) =>
        CrashEverywhere(seed, files, syncEvery, 1, (disk, _, _) => disk.Capacity = disk.Used);

    private void CrashEverywhere(int seed, int files, int syncEvery, int times, Action<SimulatedDisk, Receiver, Random> crash)
    {
        var (sent, entries) = Outgoings(seed, files);
        var bytes = sent.Where(e => e.Bytes is not null).ToDictionary(e => e.Path, e => e.Bytes!);
        var whole = sent.GroupBy(e => Top(e.Path)).ToDictionary(g => g.Key, g => g.ToList());
        for (var (at, crashed) = (1, true); crashed; at += files > SyncedEach ? 3 : 1)
        {
            for (var time = 0; time < times; time++)
            {
                var random = new Random(Mixed(seed, at, time));
                var disk = new SimulatedDisk(_clock, random.Next());
                var receiver = new Receiver(disk, Inbox, entries, f => bytes[f.Path], syncEvery);
                crashed = CrashAt(disk, receiver, at, () => crash(disk, receiver, random));
                var where = $"seed {seed}, before change {at}, time {time}";

                AssertWholeOrAbsent(disk, whole, where);
                receiver.AssertDurableChunksAreThere();

                // Once more somewhere in the second attempt, and then without.
                CrashAt(disk, receiver, random.Next(1, 200), () => crash(disk, receiver, random));
                AssertWholeOrAbsent(disk, whole, where);
                receiver.Run();
                Assert.Empty(receiver.Refused);
                // What an earlier process left unsynced when it was killed is this one's to sync.
                disk.PowerLoss(random);
                AssertArrived(disk, sent, where);
            }
        }
    }

    private static bool CrashAt(SimulatedDisk disk, Receiver receiver, int at, Action crash)
    {
        void Count()
        {
            if (--at == 0)
                crash();
        }

        disk.Changing += Count;
        try
        {
            receiver.Run();
            // An error may have been got over, and what is full may still be enough.
            return at <= 0;
        }
        catch (ProcessGoneException)
        {
            return true;
        }
        catch (Receiver.StoppedException stopped)
        {
            Assert.True(stopped.Problem is DiskProblem.Full or DiskProblem.Lost or DiskProblem.Failed, stopped.Message);
            return true;
        }
        finally
        {
            (disk.Capacity, disk.WriteErrors) = (long.MaxValue, 0);
            disk.Changing -= Count;
        }
    }

    private (IReadOnlyList<DiskEntry> Sent, IReadOnlyList<DestinationEntry> Entries) Outgoings(int seed, int files)
    {
        var disk = new SimulatedDisk(_clock, seed);
        disk.WriteTree($"{Outgoing}/tree", seed, files, 150_000);
        disk.WriteTree($"{Outgoing}/other", seed + 1, 3, 5_000);
        var large = new byte[(1 << 20) + 5];
        new Random(seed).NextBytes(large);
        disk.Write($"{Outgoing}/large", large);
        disk.Write($"{Outgoing}/small.txt", "12345"u8);
        using var source = disk.Mount().OpenSource([$"{Outgoing}/tree", $"{Outgoing}/small.txt", $"{Outgoing}/other", $"{Outgoing}/large"]);
        var items = source.Scan().ToList();
        Assert.All(items, i => Assert.IsType<SourceItem.Entry>(i));
        return (disk.Snapshot(Outgoing), [.. items.OfType<SourceItem.Entry>().Select((e, i) =>
            new DestinationEntry((uint)i, e.Value.Path, e.Value.Kind, e.Value.Size, e.Value.Mode, e.Value.MtimeNs, e.Value.LinkTarget))]);
    }

    private static void AssertWholeOrAbsent(SimulatedDisk disk, Dictionary<string, List<DiskEntry>> whole, string where)
    {
        foreach (var top in Arrived(disk).GroupBy(e => Top(e.Path)))
            Assert.True(Same(whole[top.Key], [.. top], withTop: false), $"{where}: {top.Key} stands under its name and is not whole");
    }

    private static void AssertArrived(SimulatedDisk disk, IReadOnlyList<DiskEntry> sent, string where) =>
        Assert.True(Same(sent, Arrived(disk), withTop: true), $"{where}: not all has arrived as it was sent");

    private static List<DiskEntry> Arrived(SimulatedDisk disk) =>
        [.. disk.Snapshot(Inbox).Where(e => Top(e.Path) != ".openshare-partial")];

    // A top directory gets its time and mode after it is placed.
    private static bool Same(IReadOnlyList<DiskEntry> sent, IReadOnlyList<DiskEntry> found, bool withTop) =>
        sent.Count == found.Count && sent.Zip(found).All(pair =>
            pair.First.Path == pair.Second.Path
            && pair.First.LinkTarget == pair.Second.LinkTarget
            && (pair.First.Bytes, pair.Second.Bytes) is (null, null) or ({ }, { })
            && pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes)
            && (!withTop && pair.First.IsDirectory && !pair.First.Path.Contains('/', StringComparison.Ordinal)
                || (pair.First.Mode, pair.First.MtimeNs) == (pair.Second.Mode, pair.Second.MtimeNs)));

    private static string Top(string path) => path.Split('/')[0];

    // Mixed well: the runtime's generators of neighbouring seeds begin alike.
    private static int Mixed(int seed, int at, int time) =>
        BitConverter.ToInt32(SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed} {at} {time}"))));
}
