namespace OpenShare.Protocol.Channel;

/// <summary>
/// Which stream ids a session has seen: none is taken twice. Memory is bounded by a sliding window, as that of
/// RFC 4303 §3.4.3: ids come nearly in order, and one that lies a whole window behind the highest is refused. It is asked
/// once a join is proven: who does not know the session's secret uses up no id.
/// </summary>
internal sealed class StreamIds
{
    internal const uint Window = 1024;

    private readonly object _gate = new();
    private readonly bool[] _taken = new bool[Window];
    private uint _highest;
    private int _count;

    /// <returns>false for an id that was taken before, for one too old to tell, for 0, the control stream's, and once there were too many</returns>
    internal bool Take(uint id)
    {
        // Joins of one session arrive on connections of their own, which do not wait for each other.
        lock (_gate)
        {
            if (id == 0 || _count == Session.MostStreams || (id <= _highest && (_highest - id >= Window || _taken[id % Window])))
                return false;
            for (var passed = Math.Min(id > _highest ? id - _highest : 0, Window); passed > 0; passed--)
                _taken[(id - passed + 1) % Window] = false;
            _taken[id % Window] = true;
            _highest = Math.Max(_highest, id);
            _count++;
            return true;
        }
    }
}
