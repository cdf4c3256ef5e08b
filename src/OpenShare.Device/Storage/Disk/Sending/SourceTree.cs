namespace OpenShare.Device.Storage.Disk.Sending;

/// <summary>Files and trees of this machine, under the names they get in a manifest.</summary>
internal sealed class SourceTree : ISource
{
    private const int OpenFiles = 64;

    private readonly SortedDictionary<string, string> _roots = new(Utf8Order.Instance);
    private readonly List<SourceItem.Skipped> _unusable = [];
    private readonly HandleCache _files;

    internal SourceTree(IReadOnlyList<string> paths)
    {
        _files = new HandleCache(OpenFiles, path => Files.OpenToRead(FullPath(path)));
        foreach (var path in paths)
            AddRoot(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
    }

    public IEnumerable<SourceItem> Scan() =>
        _unusable.Concat(_roots.SelectMany(root => new TreeWalk(root.Key, root.Value).Run()));

    public DiskResult Read(string path, FileIdentity expected, long offset, IReadOnlyList<Memory<byte>> into)
    {
        var result = DiskFault.Guard(path, () =>
        {
            using var lease = _files.Take(path);
            var wanted = into.Sum(m => (long)m.Length);
            var read = ReadAll(lease.Handle, into, offset);
            // Looked at after the read: a change before it or during it shows, if by the change time alone.
            if (Files.Stat(lease.Handle).Identity != expected || read != wanted)
                throw new DiskFault(DiskProblem.Changed, $"{path}: the file changed while it was being sent");
        });
        if (!result.IsDone)
            _files.Forget(path);
        return result;
    }

    public void Dispose() => _files.Dispose();

    private static long ReadAll(Microsoft.Win32.SafeHandles.SafeFileHandle file, IReadOnlyList<Memory<byte>> into, long offset)
    {
        // One call fills all of the buffers, but for the end of the file or a signal's rare cut.
        var read = RandomAccess.Read(file, into, offset);
        var wanted = into.Sum(m => (long)m.Length);
        while (read < wanted)
        {
            var rest = Rest(into, read);
            var more = RandomAccess.Read(file, rest, offset + read);
            if (more == 0)
                break;
            read += more;
        }

        return read;
    }

    private static List<Memory<byte>> Rest(IReadOnlyList<Memory<byte>> buffers, long skip)
    {
        var rest = new List<Memory<byte>>();
        foreach (var buffer in buffers)
        {
            var skipped = (int)Math.Min(skip, buffer.Length);
            skip -= skipped;
            if (skipped < buffer.Length)
                rest.Add(buffer[skipped..]);
        }

        return rest;
    }

    private void AddRoot(string path)
    {
        // What the user names he means, also through a link; links met later are sent as links.
        var name = Path.GetFileName(path);
        if (EntryPath.Problem(name) is not null)
            _unusable.Add(new SourceItem.Skipped(path, "it has no name of its own to be sent under"));
        else
            _roots.Add(FreeName.Candidates(name, Directory.Exists(path)).First(n => !_roots.ContainsKey(n)), Resolve(path));
    }

    private static string Resolve(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (IOException)
        {
            // Nothing there, or links in a circle: the scan says so.
            return path;
        }
    }

    private string FullPath(string path)
    {
        var top = EntryPath.Top(path);
        if (!_roots.TryGetValue(top, out var root))
            throw new DiskFault(DiskProblem.Missing, $"{path}: it is not there");
        return top.Length == path.Length ? root : Path.Combine(root, path[(top.Length + 1)..]);
    }
}
