namespace OpenShare.Device.Storage;

/// <summary>A small file written whole or not at all, for its owner only, so that it outlives a loss of power.</summary>
internal static class DurableFile
{
    /// <exception cref="IOException">it could not be written; what was there is there still</exception>
    internal static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = path + ".new";
        // Left by a process that was killed; the home's lock sees to it that nobody is writing it now.
        File.Delete(temporary);
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                // Closed to others before it holds anything.
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                RandomAccess.Write(file, bytes, 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        SyncDirectory(directory);
    }

    private static void SyncDirectory(string directory)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var folder = Disk.Linux.LinuxFolder.Open(directory);
        folder.Sync("");
    }
}
