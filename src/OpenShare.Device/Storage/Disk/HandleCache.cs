namespace OpenShare.Device.Storage.Disk;

/// <summary>
/// Open files or directories by path, so that the chunks of one file do not each open it, nor the files of a directory each
/// look for that. At most so many stay open; the one not used for longest is closed, once nobody uses it.
/// </summary>
internal sealed class HandleCache<T>(int limit, Func<string, T> open) : IDisposable
    where T : class, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Slot>> _slots = [];

    // The one not used for longest first: of many small files each is opened once, and closes another.
    private readonly LinkedList<Slot> _byUse = [];

    internal Lease Take(string path)
    {
        lock (_gate)
        {
            if (_slots.TryGetValue(path, out var known))
                return Use(known);
        }

        // Opened outside the lock: a slow disk must not hold up those whose handle is open.
        var handle = open(path);
        lock (_gate)
        {
            if (_slots.TryGetValue(path, out var meanwhile))
            {
                handle.Dispose();
                return Use(meanwhile);
            }

            if (_slots.Count >= limit)
                Close(_byUse.First!.Value.Path);
            return Use(_slots[path] = _byUse.AddLast(new Slot(path, handle)));
        }
    }

    /// <summary>Closes this file, or all of them; those in use when their users are done.</summary>
    internal void Forget(string? path = null)
    {
        lock (_gate)
        {
            foreach (var key in path is null ? _slots.Keys.ToList() : [path])
                Close(key);
        }
    }

    public void Dispose() => Forget();

    private Lease Use(LinkedListNode<Slot> used)
    {
        _byUse.Remove(used);
        _byUse.AddLast(used);
        used.Value.Users++;
        return new Lease(this, used.Value);
    }

    private void Close(string path)
    {
        if (!_slots.Remove(path, out var known))
            return;
        _byUse.Remove(known);
        var slot = known.Value;
        slot.IsForgotten = true;
        if (slot.Users == 0)
            slot.Handle.Dispose();
    }

    internal sealed class Slot(string path, T handle)
    {
        internal string Path { get; } = path;

        internal T Handle { get; } = handle;

        internal int Users { get; set; }

        internal bool IsForgotten { get; set; }
    }

    internal readonly struct Lease(HandleCache<T> cache, Slot slot) : IDisposable
    {
        internal T Handle => slot.Handle;

        public void Dispose()
        {
            lock (cache._gate)
            {
                slot.Users--;
                if (slot is { IsForgotten: true, Users: 0 })
                    slot.Handle.Dispose();
            }
        }
    }
}
