using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>A transfer's staging directory <c>.openshare-partial/{sender}-{transfer}</c> in its destination, on the real disk.</summary>
internal sealed class StagedDestination : IDestination
{
    // Beyond so many, one sync of the file system is quicker than one of each file.
    internal const int SyncEach = 64;

    private const int OpenFiles = 64;
    private static readonly byte[] Zeros = new byte[256 * 1024];
    private const uint OwnerRead = 0x100; // 0400

    private readonly Folder _destination;
    private readonly Folder _partial;
    private readonly Folder _staging;
    private readonly string _stagingName;
    private readonly Preparation _preparation;
    private readonly HandleCache<OpenedFile> _files;
    private readonly MadeFiles _made = new();
    private readonly StandingNames _names;
    private readonly StandingSync _standing;
    private bool _isAnchored;

    private StagedDestination(Folder destination, Folder partial, string stagingName)
    {
        _destination = destination;
        _partial = partial;
        _stagingName = stagingName;
        _staging = partial.OpenPrivate(stagingName);
        _preparation = new Preparation(_staging, _made);
        _files = new HandleCache<OpenedFile>(OpenFiles, _staging.OpenFile);
        _names = new StandingNames(destination);
        _standing = new StandingSync(destination);
        (FileSystem, Directory) = (_staging.FileSystem, destination.Key);
    }

    public string FileSystem { get; }

    public FileKey Directory { get; }

    public long AvailableBytes
    {
        get
        {
            try
            {
                return _destination.AvailableBytes;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or DiskFault)
            {
                // Then the writes find out.
                return long.MaxValue;
            }
        }
    }

    public long RoomTakenFrom => _preparation.RoomTakenFrom;

    internal static StagedDestination Open(FileSystem files, string directory, DeviceId sender, TransferId transfer, FileKey? begunIn)
    {
        var stagingName = StagingName.Of(sender, transfer);
        var destination = begunIn is { } key ? BegunDirectory.Open(files, directory, stagingName, key) : files.OpenFolder(directory);
        try
        {
            // Another transfer that ends may remove the common directory just as this one has opened it.
            for (var tries = 0; ; tries++)
            {
                var partial = destination.OpenPrivate(StagingName.Partial);
                try
                {
                    return new StagedDestination(destination, partial, stagingName);
                }
                catch (DiskFault fault) when (fault.Problem is DiskProblem.Missing && tries < 10)
                {
                    partial.Dispose();
                }
                catch
                {
                    partial.Dispose();
                    throw;
                }
            }
        }
        catch
        {
            destination.Dispose();
            throw;
        }
    }

    public IReadOnlyList<uint> FindMissing(IEnumerable<DestinationEntry> files) => [.. files.Where(IsMissing).Select(f => f.EntryNo)];

    public PrepareReport Prepare(IReadOnlyList<DestinationEntry> entries) => _preparation.Run(entries);

    public DiskResult Write(DestinationEntry file, long offset, IReadOnlyList<ReadOnlyMemory<byte>> bytes) => DiskFault.Guard(file.Path, () =>
    {
        var length = bytes.Sum(b => (long)b.Length);
        if (offset < 0 || offset + length > file.Size)
            throw new DiskFault(DiskProblem.Failed, $"{file.Path}: a chunk lies outside the file's {file.Size} bytes");
        if (_made.Take(file.Path) is { } made)
        {
            try
            {
                Fill(made, file, offset, bytes, length);
            }
            finally
            {
                MadeFiles.Close(made);
            }
            return;
        }

        using var lease = _files.Take(file.Path);
        Fill(lease.Handle, file, offset, bytes, length);
    });

    private static void Fill(OpenedFile opened, DestinationEntry file, long offset, IReadOnlyList<ReadOnlyMemory<byte>> bytes, long length)
    {
        opened.Write(bytes, offset);
        // A small file that is whole gets its last touch while it is open: at the end one look tells that it has it.
        // Not one that keeps its owner out: it is opened again to be synced.
        if (offset == 0 && length == file.Size && (Finishing.Mode(file) & OwnerRead) != 0)
            opened.SetFinal(Finishing.Mode(file), file.MtimeNs);
    }

    public DiskResult Clear(DestinationEntry file, long offset, long length) => DiskFault.Guard(file.Path, () =>
    {
        using var lease = _files.Take(file.Path);
        if (lease.Handle.MakeHole(offset, length))
            return;
        for (var (at, end) = (offset, offset + length); at < end; at += Zeros.Length)
            lease.Handle.Write([Zeros.AsMemory(0, (int)Math.Min(Zeros.Length, end - at))], at);
    });

    public DiskResult Read(DestinationEntry file, long offset, Memory<byte> into) => DiskFault.Guard(file.Path, () =>
    {
        using var lease = _files.Take(file.Path);
        if (!lease.Handle.Fill(into.Span, offset))
            throw new DiskFault(DiskProblem.Missing, $"{file.Path}: the partial file is shorter than was noted");
    });

    public DiskResult Sync(IReadOnlyCollection<DestinationEntry> files) => DiskFault.Guard(_destination.FullPath, () =>
    {
        if (files.Count > SyncEach && _staging.CanSyncAll)
        {
            _staging.SyncAll();
            return;
        }

        foreach (var file in files)
            SyncIfThere(file.Path);
        // A new file's name is its directory's data.
        foreach (var parent in files.SelectMany(f => Parents(f.Path)).Append("").Distinct().ToList())
            SyncIfThere(parent);
        Anchor();
    });

    public DiskResult Remove(DestinationEntry entry) => DiskFault.Guard(entry.Path, () =>
    {
        _files.Forget(entry.Path);
        _made.Forget(entry.Path);
        _staging.Remove(entry.Path);
    });

    public Standing Look(DestinationEntry entry) => _names.Look(entry);

    public DiskResult ReadStanding(DestinationEntry file, FileIdentity expected, long offset, Memory<byte> into) =>
        DiskFault.Guard(file.Path, () => _names.Read(file, expected, offset, into));

    public FileStretch? StretchOfStanding(DestinationEntry file, FileIdentity expected, long offset)
    {
        FileStretch? stretch = null;
        DiskFault.Guard(file.Path, () => { stretch = _names.StretchOf(file, expected, offset); });
        return stretch;
    }

    public CompletionReport Complete(
        IEnumerable<DestinationEntry> entries, IReadOnlyCollection<ChosenName> earlier,
        Action<IReadOnlyList<ChosenName>, IReadOnlyList<EntryRefusal>> persist, Conflicts? conflicts = null)
    {
        Forget();
        // What was written into a directory that somebody moved away since is not there, and is not to be said to be.
        _staging.Forget();
        var refused = new List<EntryRefusal>();
        conflicts ??= Conflicts.None;
        Placing? placing = null;
        var result = DiskFault.Guard(_destination.FullPath, () =>
        {
            placing = new Placing(_staging, _destination, earlier, persist, conflicts);
            var finishing = new Finishing(_staging, placing.IsToBePlaced, refused);
            finishing.Run(entries);
            placing.Run(entries, finishing.Tops, refused, () =>
            {
                finishing.Sync();
                _standing.Run(entries, conflicts.There, refused);
                _staging.Sync("");
                Anchor();
            });
        });
        return new CompletionReport(result, placing?.Placed ?? [], refused);
    }

    public DiskResult Discard() => DiskFault.Guard(_destination.FullPath, () =>
    {
        Forget();
        _partial.RemoveTree(_stagingName);
        Leftovers.RemoveEmpty(_destination);
    });

    public void Dispose()
    {
        _files.Dispose();
        _made.Dispose();
        _staging.Dispose();
        _partial.Dispose();
        _destination.Dispose();
    }

    private void Forget()
    {
        _files.Forget();
        _made.Forget();
    }

    // What cannot be looked at is not missing: preparing it says what is wrong.
    private bool IsMissing(DestinationEntry file)
    {
        var isMissing = false;
        DiskFault.Guard(file.Path, () => { isMissing = _staging.Stat(file.Path) is null; });
        return isMissing;
    }

    // What is synced in a directory is lost with its name.
    private void Anchor()
    {
        if (_isAnchored)
            return;
        _partial.Sync("");
        _destination.Sync("");
        _isAnchored = true;
    }

    // What was withdrawn meanwhile has nothing left to lose.
    private void SyncIfThere(string path)
    {
        try
        {
            _staging.Sync(path);
        }
        catch (DiskFault fault) when (fault.Problem is DiskProblem.Missing)
        {
        }
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var parent = EntryPath.Parent(path); parent is not null; parent = EntryPath.Parent(parent))
            yield return parent;
    }
}
