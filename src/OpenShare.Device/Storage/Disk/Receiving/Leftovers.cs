using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>
/// What staging leaves in a destination: found and removed without making anything. Only real directories of this
/// user with the exact name of a staging place count; whatever else lies there is somebody's own.
/// </summary>
internal static class Leftovers
{
    internal static IReadOnlyList<StagingPlace> Find(FileSystem files, string directory)
    {
        using var destination = files.OpenExisting(directory);
        if (destination is null || !IsOwnDirectory(destination, StagingName.Partial))
            return [];
        var found = new List<StagingPlace>();
        foreach (var name in destination.Names(StagingName.Partial).Order(StringComparer.Ordinal))
        {
            var path = $"{StagingName.Partial}/{name}";
            if (StagingName.TryParse(name, out var sender, out var transfer) && IsOwnDirectory(destination, path))
                found.Add(new StagingPlace(sender, transfer, DateTimeOffset.UnixEpoch.AddTicks(LastChangeNs(destination, path) / 100)));
        }

        return found;
    }

    internal static void Remove(FileSystem files, string directory, DeviceId sender, TransferId transfer)
    {
        using var destination = files.OpenExisting(directory);
        var path = $"{StagingName.Partial}/{StagingName.Of(sender, transfer)}";
        if (destination is null || !IsOwnDirectory(destination, StagingName.Partial) || !IsOwnDirectory(destination, path))
            return;
        destination.RemoveTree(path);
        RemoveEmpty(destination);
    }

    /// <summary>The directory that holds the staging places goes with the last of them.</summary>
    internal static void RemoveEmpty(Folder destination)
    {
        try
        {
            destination.Remove(StagingName.Partial);
        }
        catch (Exception error) when (DiskFault.Understand(error, StagingName.Partial) is not null)
        {
            // Other transfers stage there, or it holds something that is not ours.
        }
    }

    private static bool IsOwnDirectory(Folder folder, string path) =>
        folder.Stat(path) is { Kind: FileKind.Directory } stat && folder.IsOwn(stat);

    // The change of an inode and not the time of a file, which is the sender's own once it is set.
    private static long LastChangeNs(Folder folder, string path)
    {
        if (folder.Stat(path) is not { } stat)
            return 0;
        var newest = stat.CtimeNs != 0 ? stat.CtimeNs : Math.Max(stat.MtimeNs, stat.BirthNs);
        return stat.Kind is FileKind.Directory
            ? NamesIn(folder, path).Aggregate(newest, (soFar, name) => Math.Max(soFar, LastChangeNs(folder, $"{path}/{name}")))
            : newest;
    }

    // A directory that has its final mode already may keep its owner out.
    private static IReadOnlyList<string> NamesIn(Folder folder, string path)
    {
        IReadOnlyList<string> names = [];
        DiskFault.Guard(path, () => { names = folder.Names(path); });
        return names;
    }
}
