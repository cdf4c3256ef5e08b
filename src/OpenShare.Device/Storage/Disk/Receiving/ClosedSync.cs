namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>
/// Syncs what stands in a destination, and what its user may not open is synced with all of the destination's file system: a
/// directory that he may enter and not list, an empty file that he may not read.
/// </summary>
internal sealed class ClosedSync(Folder destination)
{
    private ulong? _covered;

    /// <summary>Where one sync is as good as one of each file.</summary>
    internal void SyncAll()
    {
        if (_covered is not null || !destination.CanSyncAll)
            return;
        destination.SyncAll();
        _covered = destination.Stat(StagingName.Partial)?.Device;
    }

    internal bool IsCovered(string path) => _covered is not null && destination.Stat(path)?.Device == _covered;

    /// <returns>null: it is synced; else why it cannot be, for a person</returns>
    internal string? Sync(string path, Action<string> sync)
    {
        try
        {
            sync(path);
            return null;
        }
        catch (DiskFault fault) when (fault.Problem is DiskProblem.Denied)
        {
            SyncAll();
            return IsCovered(path) ? null : $"{fault.Message}, so that it cannot be synced";
        }
    }
}
