using OpenShare.Device.Storage.Disk;

namespace OpenShare.Simulation.Disk;

/// <summary>
/// One machine's durable storage, in memory. It outlives the processes that mount it; it can be full, slow, fail, and
/// lose its power, and with that what was not synced. One seed decides all of it.
/// </summary>
/// <param name="clock">for the times of what is made and changed</param>
/// <param name="foldsCase">names that differ only in case are one</param>
public sealed partial class SimulatedDisk(TimeProvider clock, int seed, bool foldsCase = false)
{
    private readonly Random _random = new(seed);
    private DiskMount? _mount;
    private TimeSpan _cost;

    /// <summary>What a process does, just after it was done. Must not throw.</summary>
    public event Action<DiskChange>? Changed;

    /// <summary>Before a process changes or syncs anything: may end the process, or the power, at just this point.</summary>
    public event Action? Changing;

    /// <summary>In bytes, of all files together; may change at any time.</summary>
    public long Capacity
    {
        get => Tree.Capacity;
        set => Tree.Capacity = value;
    }

    public long Used => Tree.Used;

    /// <summary>The chance that a read fails, from 0 to 1.</summary>
    public double ReadErrors { get; set; }

    /// <summary>The chance that a change or a sync fails, from 0 to 1.</summary>
    public double WriteErrors { get; set; }

    /// <summary>The chance that reading again gives one bit other than was written and read before, and says nothing, from 0 to 1.</summary>
    public double ReadsTurnABit { get; set; }

    /// <summary>One sync of all of it is as good as one of each file.</summary>
    public bool SyncsAll { get; set; } = true;

    /// <summary>How many times longer everything takes.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>Of one access; a sync takes a hundred times that.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromMicroseconds(20);

    public long BytesPerSecond { get; set; } = 500_000_000;

    internal bool IsPulled { get; private set; }

    internal int Pulls { get; private set; }

    internal DiskTree Tree { get; } = new(clock, foldsCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    // Simulated worlds have one thread; tests with real workers have more.
    internal Lock Gate { get; } = new();

    /// <summary>The disk for one process; the process that had it is gone with this, if it was not before.</summary>
    public IDisk Mount() => new LocalDisk(MountFiles());

    /// <summary>The process that has the disk is killed: whatever it still does with it fails and has no effect.</summary>
    public void Unmount()
    {
        if (_mount is { } mount)
            mount.IsGone = true;
        _mount = null;
    }

    /// <summary>The machine loses its power: the process is gone, and of what was not synced anything may be lost.</summary>
    public void PowerLoss(Random random)
    {
        using var scope = Gate.EnterScope();
        Unmount();
        Tree.LosePower(random);
    }

    /// <summary>
    /// The medium takes nothing of what was written and not synced, and whoever the system has told that is no more: it is there for every
    /// process until the power goes, and no sync writes it.
    /// </summary>
    public void DropUnsynced()
    {
        using var scope = Gate.EnterScope();
        foreach (var file in DiskTree.All(Tree.Root).OfType<FileNode>())
            file.Content.Drop();
    }

    /// <summary>It is pulled out: it answers nothing, what was opened on it is of no use any more, and of what was not synced anything may be lost.</summary>
    public void Pull(Random random)
    {
        using var scope = Gate.EnterScope();
        IsPulled = true;
        Pulls++;
        Tree.LosePower(random);
    }

    public void PutBack()
    {
        using var scope = Gate.EnterScope();
        IsPulled = false;
    }

    /// <summary>How long what was done since the last call takes: for whoever keeps the time of a worker.</summary>
    public TimeSpan TakeCost()
    {
        using var scope = Gate.EnterScope();
        var cost = _cost * Slowness;
        _cost = TimeSpan.Zero;
        return cost;
    }

    internal FileSystem MountFiles()
    {
        Unmount();
        _mount = new DiskMount(this);
        return new SimulatedFileSystem(_mount);
    }

    internal void Spend(long bytes) => _cost += Latency + TimeSpan.FromSeconds((double)bytes / BytesPerSecond);

    internal void SpendSync() => _cost += 99 * Latency;

    internal bool Fails(double chance) => chance > 0 && _random.NextDouble() < chance;

    /// <summary>What a medium may do to what is read from it.</summary>
    internal void Rot(Span<byte> bytes)
    {
        if (bytes.Length > 0 && Fails(ReadsTurnABit))
            bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
    }

    internal void Announce() => Changing?.Invoke();

    internal void Tell(DiskChangeKind kind, string path, string from = "", long offset = 0, int length = 0) =>
        Changed?.Invoke(new DiskChange(kind, path, from, offset, length));

    /// <summary>In another order each time: nobody may rely on one.</summary>
    internal string[] Names(Node node, string path)
    {
        if (node is not DirectoryNode directory)
            throw DiskFault.Of(Errno.NotDirectory, path);
        DiskTree.Need(directory, DiskTree.Read, path);
        var names = directory.Entries.Select(e => e.Name).ToArray();
        _random.Shuffle(names);
        return names;
    }
}
