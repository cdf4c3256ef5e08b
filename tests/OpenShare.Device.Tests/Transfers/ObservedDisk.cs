using System.Collections.Concurrent;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>The real disk, with an eye on what is done with it and a hand at its turning points.</summary>
internal sealed class ObservedDisk : IDisk
{
    private readonly LocalDisk _disk = new();
    private int _begun;
    private int _open;

    /// <summary>Destinations that are open now.</summary>
    public int OpenDestinations => Volatile.Read(ref _open);

    /// <summary>The free bytes that this disk says it has; null: the real ones.</summary>
    public Func<long>? Free { get; set; }

    /// <summary>Before the files of a page are made; what is not done is what comes of it.</summary>
    public Func<DiskResult> OnPrepare { get; set; } = () => DiskResult.Done;

    /// <summary>When the files of a page are made, and before anybody knows.</summary>
    public Action OnPrepared { get; set; } = () => { };

    /// <summary>Before a staging place is opened.</summary>
    public Action OnOpen { get; set; } = () => { };

    public ConcurrentQueue<Place> Reads { get; } = [];

    /// <summary>What was written, once it was.</summary>
    public ConcurrentQueue<Place> Writes { get; } = [];

    /// <summary>Before bytes of a file are read, to be hashed or to be sent.</summary>
    public Action<Place> OnRead { get; set; } = _ => { };

    /// <summary>What this disk says of holes in what is sent; null: what is so.</summary>
    public Func<Place, FileStretch?> OnStretch { get; set; } = _ => null;

    /// <summary>Before a chunk is written, with the number of those begun before it: each number once.</summary>
    public Action<int> OnWrite { get; set; } = _ => { };

    /// <summary>Whether a chunk can be written; what is not done is what comes of it.</summary>
    public Func<DiskResult> OnRoom { get; set; } = () => DiskResult.Done;

    /// <summary>Before the disk is told to sync.</summary>
    public Action OnSync { get; set; } = () => { };

    /// <summary>What comes of a sync; what is not done is not synced.</summary>
    public Func<DiskResult> OnKeep { get; set; } = () => DiskResult.Done;

    /// <summary>The files that were synced, each as often as it was.</summary>
    public ConcurrentQueue<string> Synced { get; } = [];

    /// <summary>Before what has arrived is placed.</summary>
    public Action OnComplete { get; set; } = () => { };

    /// <summary>When the names are chosen and kept, and before they are used.</summary>
    public Action OnPersisted { get; set; } = () => { };

    /// <summary>When all is placed, and before anybody knows.</summary>
    public Action OnCompleted { get; set; } = () => { };

    public bool Exists(string path) => _disk.Exists(path);

    public FileMark? Mark(string path) => _disk.Mark(path);

    public DiskResult ReadMarked(string path, FileKey expected, long offset, Memory<byte> into) => _disk.ReadMarked(path, expected, offset, into);

    public ISource OpenSource(IReadOnlyList<string> paths) => new Source(this, _disk.OpenSource(paths));

    public DiskResult<IDestination> OpenDestination(string directory, DeviceId sender, TransferId transfer, FileKey? begunIn = null)
    {
        OnOpen();
        var opened = _disk.OpenDestination(directory, sender, transfer, begunIn);
        if (opened.Value is not { } destination)
            return opened;
        Interlocked.Increment(ref _open);
        return new DiskResult<IDestination>(new Destination(this, destination));
    }

    public DiskResult<IReadOnlyList<StagingPlace>> FindStaged(string directory) => _disk.FindStaged(directory);

    public DiskResult Discard(string directory, DeviceId sender, TransferId transfer) => _disk.Discard(directory, sender, transfer);

    internal readonly record struct Place(string Path, long Offset);

    private sealed class Source(ObservedDisk disk, ISource inner) : ISource
    {
        public IEnumerable<SourceItem> Scan() => inner.Scan();

        public DiskResult Read(string path, FileIdentity expected, long offset, IReadOnlyList<Memory<byte>> into)
        {
            disk.OnRead(new Place(path, offset));
            disk.Reads.Enqueue(new Place(path, offset));
            return inner.Read(path, expected, offset, into);
        }

        public FileStretch? StretchAt(string path, FileIdentity expected, long offset) =>
            disk.OnStretch(new Place(path, offset)) ?? inner.StretchAt(path, expected, offset);

        public string PlaceOf(string path) => inner.PlaceOf(path);

        public void Dispose() => inner.Dispose();
    }

    private sealed class Destination(ObservedDisk disk, IDestination inner) : IDestination
    {
        private int _isDisposed;

        public string FileSystem => inner.FileSystem;

        public FileKey Directory => inner.Directory;

        public long AvailableBytes => disk.Free?.Invoke() ?? inner.AvailableBytes;

        public long RoomTakenFrom => inner.RoomTakenFrom;

        public IReadOnlyList<uint> FindMissing(IEnumerable<DestinationEntry> files) => inner.FindMissing(files);

        public PrepareReport Prepare(IReadOnlyList<DestinationEntry> entries)
        {
            var result = disk.OnPrepare();
            if (!result.IsDone)
                return new PrepareReport(result, [], []);
            var prepared = inner.Prepare(entries);
            disk.OnPrepared();
            return prepared;
        }

        public DiskResult Write(DestinationEntry file, long offset, IReadOnlyList<ReadOnlyMemory<byte>> bytes)
        {
            disk.OnWrite(Interlocked.Increment(ref disk._begun) - 1);
            var result = disk.OnRoom();
            if (result.IsDone)
                result = inner.Write(file, offset, bytes);
            if (result.IsDone)
                disk.Writes.Enqueue(new Place(file.Path, offset));
            return result;
        }

        public DiskResult Clear(DestinationEntry file, long offset, long length)
        {
            var result = disk.OnRoom();
            return result.IsDone ? inner.Clear(file, offset, length) : result;
        }

        public FileStretch? StretchOfStanding(DestinationEntry file, FileIdentity expected, long offset) => inner.StretchOfStanding(file, expected, offset);

        public DiskResult Read(DestinationEntry file, long offset, Memory<byte> into) => inner.Read(file, offset, into);

        public DiskResult Sync(IReadOnlyCollection<DestinationEntry> files)
        {
            disk.OnSync();
            var result = disk.OnKeep();
            if (result.IsDone)
                result = inner.Sync(files);
            if (result.IsDone)
            {
                foreach (var file in files)
                    disk.Synced.Enqueue(file.Path);
            }
            return result;
        }

        public DiskResult Remove(DestinationEntry entry) => inner.Remove(entry);

        public CompletionReport Complete(
            IEnumerable<DestinationEntry> entries, IReadOnlyCollection<ChosenName> earlier,
            Action<IReadOnlyList<ChosenName>, IReadOnlyList<EntryRefusal>> persist, Conflicts? conflicts = null)
        {
            disk.OnComplete();
            var report = inner.Complete(entries, earlier, (names, refused) => { persist(names, refused); disk.OnPersisted(); }, conflicts);
            disk.OnCompleted();
            return report;
        }

        public Standing Look(DestinationEntry entry) => inner.Look(entry);

        public DiskResult ReadStanding(DestinationEntry file, FileIdentity expected, long offset, Memory<byte> into) =>
            inner.ReadStanding(file, expected, offset, into);

        public DiskResult Discard() => inner.Discard();

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
                Interlocked.Decrement(ref disk._open);
            inner.Dispose();
        }
    }
}
