using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Wire;
using OpenShare.Simulation.Disk;

namespace OpenShare.Simulation.Tests.Disk;

/// <summary>
/// A tree that overwrites another, cut before each single change: at any moment each file is the old one or the new one,
/// whole, and a later process brings it to its end.
/// </summary>
public sealed class CrashWhileMergingTests
{
    private const string Inbox = "/inbox";
    private const string Outgoing = "/outgoing";

    private readonly TimeProvider _clock = FixedTime.Provider;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Killed(int seed) => CutEverywhere(seed, (disk, _, _) => disk.Unmount());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Power_lost(int seed) => CutEverywhere(seed, (disk, receiver, random) =>
    {
        disk.PowerLoss(random);
        receiver.LosePower(random);
    });

    private void CutEverywhere(int seed, Action<SimulatedDisk, Receiver, Random> cut)
    {
        var (sent, entries) = Outgoings(seed);
        var content = sent.Where(e => e.Bytes is not null).ToDictionary(e => e.Path, e => e.Bytes!);
        for (var (at, wasCut) = (1, true); wasCut; at++)
        {
            var random = new Random((seed * 1000) + at);
            var disk = new SimulatedDisk(_clock, random.Next());
            var old = Stand(disk, content);
            var receiver = new Receiver(disk, Inbox, entries, f => content[f.Path], syncEvery: 3, new Conflicts(ConflictPolicy.Overwrite, new HashSet<uint>()));

            wasCut = RunUntil(disk, receiver, at, () => cut(disk, receiver, random));
            AssertOldOrNew(disk, old, content, at);
            RunUntil(disk, receiver, random.Next(1, 60), () => cut(disk, receiver, random));
            AssertOldOrNew(disk, old, content, at);
            receiver.Run();

            Assert.Empty(receiver.Refused);
            disk.PowerLoss(random);
            var found = disk.Snapshot(Inbox).Where(e => !e.Path.StartsWith(".openshare-partial", StringComparison.Ordinal)).ToDictionary(e => e.Path);
            Assert.Equal(sent.Select(e => e.Path).Append("tree/kept").Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
            Assert.All(content, file => Assert.True(file.Value.AsSpan().SequenceEqual(found[file.Key].Bytes), $"before change {at}: {file.Key} is not the new one"));
        }
    }

    // Every other file has an older version there, some of another size; and one file is there that is not sent.
    private static Dictionary<string, byte[]> Stand(SimulatedDisk disk, Dictionary<string, byte[]> content)
    {
        var old = new Dictionary<string, byte[]> { ["tree/kept"] = [1, 2, 3] };
        foreach (var (path, bytes) in content.Where((_, i) => i % 2 == 0))
            old[path] = path.Length % 3 == 0 ? [9, 9] : [.. bytes.Select(b => (byte)~b)];
        foreach (var (path, bytes) in old)
            disk.Write($"{Inbox}/{path}", bytes);
        return old;
    }

    private static void AssertOldOrNew(SimulatedDisk disk, Dictionary<string, byte[]> old, Dictionary<string, byte[]> content, int at)
    {
        foreach (var file in disk.Snapshot(Inbox).Where(e => e.Bytes is not null && !e.Path.StartsWith(".openshare-partial", StringComparison.Ordinal)))
        {
            var isOld = old.TryGetValue(file.Path, out var before) && before.AsSpan().SequenceEqual(file.Bytes);
            var isNew = content.TryGetValue(file.Path, out var now) && now.AsSpan().SequenceEqual(file.Bytes);
            Assert.True(isOld || isNew, $"before change {at}: {file.Path} is neither the old one nor the new one");
        }
        Assert.All(old.Keys, path => Assert.True(disk.Exists($"{Inbox}/{path}"), $"before change {at}: {path} is gone"));
    }

    private static bool RunUntil(SimulatedDisk disk, Receiver receiver, int at, Action cut)
    {
        void Count()
        {
            if (--at == 0)
                cut();
        }

        disk.Changing += Count;
        try
        {
            receiver.Run();
            return at <= 0;
        }
        catch (ProcessGoneException)
        {
            return true;
        }
        finally
        {
            disk.Changing -= Count;
        }
    }

    private (IReadOnlyList<DiskEntry> Sent, IReadOnlyList<DestinationEntry> Entries) Outgoings(int seed)
    {
        var disk = new SimulatedDisk(_clock, seed);
        disk.WriteTree($"{Outgoing}/tree", seed, 10, 100_000);
        disk.Write($"{Outgoing}/single", new byte[] { 1, 2, 3, 4, 5 });
        using var source = disk.Mount().OpenSource([$"{Outgoing}/tree", $"{Outgoing}/single"]);
        return (disk.Snapshot(Outgoing), [.. source.Scan().Cast<SourceItem.Entry>().Select((e, i) =>
            new DestinationEntry((uint)i, e.Value.Path, e.Value.Kind, e.Value.Size, e.Value.Mode, e.Value.MtimeNs, e.Value.LinkTarget))]);
    }
}
