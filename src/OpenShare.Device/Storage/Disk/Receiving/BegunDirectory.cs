namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>
/// The directory that an earlier run began in, opened as it stands. While its disk is not mounted there is none, or the empty one
/// that it is mounted on: made anew or taken for it, all would travel again and end beneath the mount.
/// </summary>
internal static class BegunDirectory
{
    /// <param name="key">by which it is known also when somebody removed what was staged in it: then that is received again</param>
    internal static Folder Open(FileSystem files, string directory, string stagingName, FileKey key)
    {
        var folder = files.OpenExisting(directory) ?? throw new DiskFault(DiskProblem.Missing, $"{directory}: it is not there");
        try
        {
            // Not by its key alone: some file systems number their files anew with each mount.
            return folder.Key == key || folder.Stat($"{StagingName.Partial}/{stagingName}") is not null
                ? folder
                : throw new DiskFault(DiskProblem.Missing, $"{directory}: it is not the folder that it was");
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }
}
