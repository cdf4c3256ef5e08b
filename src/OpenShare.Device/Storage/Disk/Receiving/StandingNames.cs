using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>Looks at what stands in a destination under the names that entries want.</summary>
internal sealed class StandingNames(Folder destination)
{
    internal Standing Look(DestinationEntry entry)
    {
        var standing = new Standing(StandingKind.InTheWay, default);
        if (EntryPath.Top(entry.Path).Equals(StagingName.Partial, StringComparison.OrdinalIgnoreCase))
            return standing;
        // What cannot be looked at, since a link or a file stands on the way to it, is in the way. What the disk does not tell is not known.
        var result = DiskFault.Guard(entry.Path, () => { standing = Compare(entry); });
        return result.IsWaitedFor ? throw new DiskFault(result.Problem, result.Detail) : standing;
    }

    internal void Read(DestinationEntry file, FileIdentity expected, long offset, Memory<byte> into)
    {
        using var opened = destination.OpenToRead(file.Path);
        if (!opened.Fill(into.Span, offset))
            throw new DiskFault(DiskProblem.Changed, $"{file.Path}: the file that stood there is shorter now");
        if (opened.Stat().Identity != expected)
            throw new DiskFault(DiskProblem.Changed, $"{file.Path}: the file that stood there changed");
    }

    internal FileStretch? StretchOf(DestinationEntry file, FileIdentity expected, long offset)
    {
        using var opened = destination.OpenToRead(file.Path);
        var stretch = opened.StretchAt(offset);
        return opened.Stat().Identity == expected ? stretch : null;
    }

    private Standing Compare(DestinationEntry entry)
    {
        if (destination.Stat(entry.Path) is not { } stat)
            return new Standing(StandingKind.Nothing, default);
        var isSame = stat.Kind == Finishing.Kind(entry) && stat.Kind switch
        {
            FileKind.File => stat.Size == entry.Size,
            FileKind.Symlink => destination.ReadLink(entry.Path) == entry.LinkTarget,
            _ => true,
        };
        if (isSame)
            return new Standing(StandingKind.Same, stat.Identity);
        return entry.Kind is not EntryKind.EntryDirectory && stat.Kind is FileKind.File or FileKind.Symlink
            ? new Standing(StandingKind.Replaceable, stat.Kind is FileKind.File ? stat.Identity : default)
            : new Standing(StandingKind.InTheWay, default);
    }
}
