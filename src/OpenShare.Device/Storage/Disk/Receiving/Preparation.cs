using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>Makes the directories and files of entries that are to arrive, and refuses by name those that cannot be stored here.</summary>
/// <param name="made">takes the small files that were made</param>
internal sealed class Preparation(Folder staging, MadeFiles made)
{
    // Smaller files are left to the writes: taking their space apart from them costs more than it saves.
    internal const long AllocateFrom = Limits.DefaultChunk;

    private readonly TwinCheck _twins = new(staging);
    private string? _lastParent;

    /// <inheritdoc cref="IDestination.RoomTakenFrom"/>
    internal long RoomTakenFrom { get; private set; } = AllocateFrom;

    internal PrepareReport Run(IReadOnlyList<DestinationEntry> entries)
    {
        var refused = new List<EntryRefusal>();
        var madeAnew = new List<uint>();
        foreach (var entry in entries)
        {
            var result = DiskFault.Guard(entry.Path, () =>
            {
                if (Prepare(entry))
                    madeAnew.Add(entry.EntryNo);
            });
            if (result.IsOfDisk || result.Problem is DiskProblem.Denied)
                return new PrepareReport(result, refused, madeAnew);
            if (!result.IsDone)
                refused.Add(new EntryRefusal(entry.EntryNo, result.Problem, result.Detail));
        }

        return new PrepareReport(DiskResult.Done, refused, madeAnew);
    }

    /// <returns>true when a file was made that was not there</returns>
    private bool Prepare(DestinationEntry entry)
    {
        if (EntryPath.Problem(entry.Path) is { } problem)
            throw new DiskFault(DiskProblem.NameRefused, $"{entry.Path}: {problem}");
        switch (entry.Kind)
        {
            case EntryKind.EntryDirectory:
                EnsureDirectory(entry.Path);
                return false;
            case EntryKind.EntryFile:
                EnsureParent(entry.Path);
                return MakeFile(entry);
            case EntryKind.EntrySymlink:
                if (!EntryPath.IsInside(entry.Path, entry.LinkTarget))
                    throw new DiskFault(DiskProblem.LinkInTheWay, $"{entry.Path}: the link points out of its folder, to {entry.LinkTarget}");
                EnsureParent(entry.Path);
                return false;
            default:
                throw new DiskFault(DiskProblem.NameRefused, $"{entry.Path}: neither file, directory nor link");
        }
    }

    private bool MakeFile(DestinationEntry entry)
    {
        var file = staging.CreateFile(entry.Path);
        if (file is null)
        {
            if (staging.Stat(entry.Path) is not { Kind: FileKind.File })
                throw DiskFault.Of(Errno.Exists, entry.Path);
            _twins.Check(entry.Path);
            if (entry.Size >= AllocateFrom)
            {
                using var known = staging.OpenFile(entry.Path);
                TakeRestOfRoom(known, entry);
            }

            return false;
        }

        _twins.Made(entry.Path);
        if (entry.Size is > 0 and < AllocateFrom)
        {
            made.Keep(entry.Path, file);
            return true;
        }

        using (file)
            return entry.Size == 0 || TakeRoomOfNew(file, entry);
    }

    private bool TakeRoomOfNew(OpenedFile file, DestinationEntry entry)
    {
        try
        {
            TakeRoom(file, entry, from: 0);
            return true;
        }
        catch (Exception error) when (DiskFault.Understand(error, entry.Path) is not null)
        {
            // The part that was taken is given back: other transfers may have room in it.
            staging.Remove(entry.Path);
            throw;
        }
    }

    // An earlier run may have been cut before it had all of the space. Where it had, some of it may have become holes; but whether
    // this file system gives space at all only an attempt tells.
    private void TakeRestOfRoom(OpenedFile file, DestinationEntry entry)
    {
        var isWhole = file.Stat().Size >= entry.Size;
        try
        {
            TakeRoom(file, entry, from: isWhole ? entry.Size - 1 : 0);
        }
        catch (DiskFault fault) when (isWhole && fault.Problem is DiskProblem.Full)
        {
        }
    }

    private void TakeRoom(OpenedFile file, DestinationEntry entry, long from)
    {
        // There is nothing behind its end: tried there, it only tells whether there can be holes.
        var isSparse = entry.ZeroBytes > 0 && file.MakeHole(entry.Size, 1);
        if (!isSparse && file.Allocate(from, entry.Size, entry.Path))
            return;
        if (!isSparse)
            RoomTakenFrom = long.MaxValue;
        file.Extend(entry.Size);
    }

    private void EnsureParent(string path)
    {
        if (EntryPath.Parent(path) is { } parent && parent != _lastParent)
            EnsureDirectory(parent);
    }

    private void EnsureDirectory(string path)
    {
        // The usual case is one call: the parent is there, entries coming directory by directory.
        EnsureParent(path);
        if (staging.MakeDirectory(path))
        {
            _twins.Made(path);
        }
        else
        {
            _twins.Check(path);
            // An earlier run may have got as far as setting its final mode.
            staging.MakeAccessible(path);
        }

        _lastParent = path;
    }
}
