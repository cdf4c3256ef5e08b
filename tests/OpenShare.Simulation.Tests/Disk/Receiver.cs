using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;
using OpenShare.Simulation.Disk;

namespace OpenShare.Simulation.Tests.Disk;

/// <summary>
/// A transfer's receiving side as far as the disk is concerned: writes chunks, syncs now and then, places, discards. What
/// a real one keeps in its database is kept here, and outlives the process as it does there.
/// </summary>
/// <param name="syncEvery">files</param>
internal sealed class Receiver(SimulatedDisk disk, string inbox, IReadOnlyList<DestinationEntry> entries, Func<DestinationEntry, byte[]> bytesOf, int syncEvery, Conflicts? conflicts = null)
{
    private const int Chunk = 64 * 1024;

    private static readonly DeviceId Sender = DeviceId.FromBytes(new SeededRandom(1).Bytes(16));
    private static readonly TransferId Transfer = TransferId.New(new SeededRandom(2));

    private readonly HashSet<(uint No, long Offset)> _written = [];
    private readonly HashSet<(uint No, long Offset)> _durable = [];
    private readonly SortedDictionary<string, ChosenName> _names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<uint, EntryRefusal> _refused = [];

    /// <summary>It said that all is there: durably.</summary>
    internal bool IsDone { get; private set; }

    internal IReadOnlyCollection<EntryRefusal> Refused => _refused.Values;

    /// <summary>From where the last process left it to the end.</summary>
    internal void Run()
    {
        using var destination = Value(disk.Mount().OpenDestination(inbox, Sender, Transfer));
        if (!IsDone)
        {
            if (_names.Count == 0)
                Receive(destination);
            var report = destination.Complete(entries.Where(e => !_refused.ContainsKey(e.EntryNo)), [.. _names.Values], Keep, conflicts);
            AssertDone(report.Result);
            Keep(report.Placed, report.Refused);
            IsDone = true;
        }
        AssertDone(destination.Discard());
    }

    /// <summary>What was kept for the process alone may be lost with the power; what was kept durably is not.</summary>
    internal void LosePower(Random random)
    {
        if (random.Next(2) == 0)
            _written.Clear();
    }

    /// <summary>That what a sync covered is there, unless it was placed.</summary>
    internal void AssertDurableChunksAreThere()
    {
        if (_names.Count > 0 || _durable.Count == 0)
            return;
        using var destination = Value(disk.Mount().OpenDestination(inbox, Sender, Transfer));
        foreach (var (file, offset) in Chunks().Where(c => _durable.Contains((c.File.EntryNo, c.Offset))))
            Assert.True(IsThere(destination, file, offset), $"{file.Path} at {offset} was synced and is lost");
    }

    private void Receive(IDestination destination)
    {
        var lost = destination.FindMissing(entries.Where(e => e.Kind is EntryKind.EntryFile)).ToHashSet();
        _written.RemoveWhere(c => lost.Contains(c.No));
        _durable.RemoveWhere(c => lost.Contains(c.No));
        var prepared = destination.Prepare(entries);
        AssertDone(prepared.Result);
        Assert.Empty(prepared.Refused);
        Assert.All(prepared.MadeAnew, made => Assert.Contains(made, lost));
        _written.RemoveWhere(c => !_durable.Contains(c));

        var unsynced = new HashSet<DestinationEntry>();
        foreach (var (file, offset) in Chunks().ToList())
        {
            var no = (file.EntryNo, offset);
            if (!_durable.Contains(no))
                AssertDone(destination.Write(file, offset, [Bytes(file, offset)]));
            _written.Add(no);
            unsynced.Add(file);
            if (unsynced.Count < syncEvery)
                continue;
            AssertDone(destination.Sync([.. unsynced]));
            _durable.UnionWith(_written);
            unsynced.Clear();
        }
    }

    private IEnumerable<(DestinationEntry File, long Offset)> Chunks() =>
        from file in entries
        where file.Kind is EntryKind.EntryFile
        from number in Enumerable.Range(0, (int)((file.Size + Chunk - 1) / Chunk))
        select (file, (long)number * Chunk);

    private byte[] Bytes(DestinationEntry file, long offset) =>
        bytesOf(file)[(int)offset..(int)Math.Min(file.Size, offset + Chunk)];

    private bool IsThere(IDestination destination, DestinationEntry file, long offset)
    {
        var expected = Bytes(file, offset);
        var found = new byte[expected.Length];
        return destination.Read(file, offset, found).IsDone && found.AsSpan().SequenceEqual(expected);
    }

    private void Keep(IReadOnlyList<ChosenName> names, IReadOnlyList<EntryRefusal> refused)
    {
        foreach (var name in names)
            _names[name.Top] = name;
        foreach (var refusal in refused)
            _refused[refusal.EntryNo] = refusal;
    }

    private static void AssertDone(DiskResult result)
    {
        if (!result.IsDone)
            throw new StoppedException(result);
    }

    private static T Value<T>(DiskResult<T> result) where T : class
    {
        AssertDone(new DiskResult(result.Problem, result.Detail));
        return result.Value!;
    }

    /// <summary>The disk said that it cannot go on just now.</summary>
    internal sealed class StoppedException(DiskResult result) : Exception($"{result.Problem}: {result.Detail}")
    {
        internal DiskProblem Problem { get; } = result.Problem;
    }
}
