namespace OpenShare.Registration;

/// <summary>Files and directories nobody but their owner can read. On Windows the profile's own access list does this.</summary>
internal static class OwnerOnlyFile
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode DirectoryMode = FileMode | UnixFileMode.UserExecute;

    /// <summary>Writes the whole file or nothing: a crash never leaves half a key under its final name.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        // Instances of the service may share a file by links: those stay, and what they lead to is written.
        if (new FileInfo(path).LinkTarget is not null)
            path = File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        var half = path + ".new";
        File.Delete(half);
        using (var stream = new FileStream(half, Options(System.IO.FileMode.CreateNew)))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }
        File.Move(half, path, overwrite: true);
    }

    public static FileStream Open(string path, FileShare share)
    {
        var options = Options(System.IO.FileMode.OpenOrCreate);
        options.Share = share;
        return new FileStream(path, options);
    }

    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        Directory.CreateDirectory(path, DirectoryMode);
        File.SetUnixFileMode(path, DirectoryMode);
    }

    public static void Restrict(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, FileMode);
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode;
        return options;
    }
}
