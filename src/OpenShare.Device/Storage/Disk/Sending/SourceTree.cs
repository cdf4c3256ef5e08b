namespace OpenShare.Device.Storage.Disk.Sending;

/// <summary>Files and trees of this machine, under the names they get in a manifest.</summary>
internal sealed class SourceTree : ISource
{
    private const int OpenFiles = 64;

    private readonly FileSystem _system;
    private readonly SortedDictionary<string, string> _roots = new(Utf8Order.Instance);
    private readonly List<SourceItem.Skipped> _unusable = [];
    private readonly HandleCache<OpenedFile> _files;

    internal SourceTree(FileSystem system, IReadOnlyList<string> paths)
    {
        _system = system;
        _files = new HandleCache<OpenedFile>(OpenFiles, path => system.OpenToRead(FullPath(path)));
        foreach (var path in paths)
            AddRoot(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
    }

    public IEnumerable<SourceItem> Scan() =>
        _unusable.Concat(_roots.SelectMany(root => new TreeWalk(_system, root.Key, root.Value).Run()));

    public DiskResult Read(string path, FileIdentity expected, long offset, IReadOnlyList<Memory<byte>> into)
    {
        var result = DiskFault.Guard(path, () =>
        {
            using var lease = _files.Take(path);
            var wanted = into.Sum(m => (long)m.Length);
            var read = ReadAll(lease.Handle, into, offset);
            // Looked at after the read: a change before it or during it shows, if by the change time alone.
            if (!lease.Handle.Stat().Identity.IsSame(expected) || read != wanted)
                throw new DiskFault(DiskProblem.Changed, $"{path}: the file changed while it was being sent");
        });
        if (!result.IsDone)
            _files.Forget(path);
        return result;
    }

    public FileStretch? StretchAt(string path, FileIdentity expected, long offset)
    {
        FileStretch? stretch = null;
        DiskFault.Guard(path, () =>
        {
            using var lease = _files.Take(path);
            var found = lease.Handle.StretchAt(offset);
            stretch = lease.Handle.Stat().Identity.IsSame(expected) ? found : null;
        });
        return stretch;
    }

    public string PlaceOf(string path) => FullPath(path);

    public void Dispose() => _files.Dispose();

    private static long ReadAll(OpenedFile file, IReadOnlyList<Memory<byte>> into, long offset)
    {
        // One call fills all of the buffers, but for the end of the file or a signal's rare cut.
        var read = file.Read(into, offset);
        var wanted = into.Sum(m => (long)m.Length);
        while (read < wanted)
        {
            var rest = Rest(into, read);
            var more = file.Read(rest, offset + read);
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
        {
            _unusable.Add(new SourceItem.Skipped(path, "it has no name of its own to be sent under"));
            return;
        }

        var root = _system.FollowLinks(path);
        _roots.Add(FreeName.Candidates(name, _system.TryStat(root) is { Kind: FileKind.Directory }).First(n => !_roots.ContainsKey(n)), root);
    }

    private string FullPath(string path)
    {
        var top = EntryPath.Top(path);
        if (!_roots.TryGetValue(top, out var root))
            throw new DiskFault(DiskProblem.Missing, $"{path}: it is not there");
        return top.Length == path.Length ? root : Path.Join(root, path.AsSpan(top.Length + 1));
    }
}
