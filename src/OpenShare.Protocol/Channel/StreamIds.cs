namespace OpenShare.Protocol.Channel;

/// <summary>
/// Which stream ids a session has seen: none is taken twice. Memory is bounded by a sliding window, as that of
/// RFC 4303 §3.4.3: ids come nearly in order, and one that lies a whole window behind the highest is refused.
/// </summary>
internal sealed class StreamIds
{
    internal const uint Window = 1024;

    private readonly object _gate = new();
    private readonly bool[] _taken = new bool[Window];
    private uint _highest;

    /// <returns>false for an id that was taken before, for one too old to tell, and for 0, the control stream's</returns>
    internal bool Take(uint id)
    {
        // Joins of one session arrive on connections of their own, which do not wait for each other.
        lock (_gate)
        {
            if (id == 0 || (id <= _highest && (_highest - id >= Window || _taken[id % Window])))
                return false;
            for (var passed = Math.Min(id > _highest ? id - _highest : 0, Window); passed > 0; passed--)
                _taken[(id - passed + 1) % Window] = false;
            _taken[id % Window] = true;
            _highest = Math.Max(_highest, id);
            return true;
        }
    }
}
