namespace OpenShare.Device.Storage.Disk.Sending;

/// <summary>
/// A source whose small files are opened once: what is read for the hash is kept until it is read again to be sent, if that is soon. What is
/// sent is then what was hashed, whatever became of the file meanwhile.
/// </summary>
internal sealed class KeptReads(ISource source) : ISource
{
    // What is larger takes longer to read than to open.
    internal const int LargestFile = 64 * 1024;

    // Some hundred files lie between hash and frame.
    internal const int Room = 2 * 1024 * 1024;

    // So that there are never more than some thousand names.
    private const int LeastPlace = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly Queue<(string Path, long Start)> _order = new();
    private byte[] _ring = [];
    private long _written;

    public IEnumerable<SourceItem> Scan() => source.Scan();

    public string PlaceOf(string path) => source.PlaceOf(path);

    public FileStretch? StretchAt(string path, FileIdentity expected, long offset) => source.StretchAt(path, expected, offset);

    public DiskResult Read(string path, FileIdentity expected, long offset, IReadOnlyList<Memory<byte>> into)
    {
        var isSmall = offset == 0 && expected.Size <= LargestFile && into.Sum(m => (long)m.Length) == expected.Size;
        if (!isSmall)
            return source.Read(path, expected, offset, into);
        lock (_lock)
        {
            if (TryTake(path, expected, into))
                return DiskResult.Done;
        }
        var read = source.Read(path, expected, offset, into);
        if (read.IsDone)
        {
            lock (_lock)
                Keep(path, expected, into);
        }
        return read;
    }

    public void Dispose() => source.Dispose();

    private bool TryTake(string path, FileIdentity expected, IReadOnlyList<Memory<byte>> into)
    {
        if (!_kept.Remove(path, out var kept) || kept.Identity != expected)
            return false;
        var from = _ring.AsSpan((int)(kept.Start % Room));
        foreach (var part in into)
        {
            from[..part.Length].CopyTo(part.Span);
            from = from[part.Length..];
        }
        return true;
    }

    private void Keep(string path, FileIdentity identity, IReadOnlyList<Memory<byte>> bytes)
    {
        if (_ring.Length == 0)
            _ring = new byte[Room];
        // None lies across the ring's end.
        var size = Math.Max(identity.Size, LeastPlace);
        if (Room - (_written % Room) < size)
            _written += Room - (_written % Room);
        var start = _written;
        _written += size;
        // What it is written over is gone, unless it was taken, and kept again elsewhere.
        while (_order.TryPeek(out var oldest) && oldest.Start < _written - Room)
        {
            _order.Dequeue();
            if (_kept.TryGetValue(oldest.Path, out var kept) && kept.Start == oldest.Start)
                _kept.Remove(oldest.Path);
        }
        var to = _ring.AsSpan((int)(start % Room));
        foreach (var part in bytes)
        {
            part.Span.CopyTo(to);
            to = to[part.Length..];
        }
        _kept[path] = new Kept(start, identity);
        _order.Enqueue((path, start));
    }

    private readonly record struct Kept(long Start, FileIdentity Identity);
}
