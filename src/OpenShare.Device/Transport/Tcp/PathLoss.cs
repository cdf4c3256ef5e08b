namespace OpenShare.Device.Transport.Tcp;

/// <summary>
/// Whether the way to one host loses packets, told by what all connections to it lost. It stays said for as long
/// as there are such connections: a way that loses now and then is not tried out anew each time.
/// </summary>
internal sealed class PathLoss
{
    /// <summary>Packets that make a sample: 0.7 MB, so that a slow start into loss is soon over.</summary>
    internal const long Sample = 512;

    /// <summary>Of a thousand packets so many lost make the path a lossy one. A clean line, once it is full, has far fewer.</summary>
    internal const long LossyFrom = 5;

    private readonly Lock _lock = new();
    private long _sent;
    private long _lost;
    private volatile bool _isLossy;

    internal bool IsLossy => _isLossy;

    /// <summary>May be called by any thread.</summary>
    /// <param name="sent">packets with data, those sent again among them</param>
    /// <param name="lost">packets that did not arrive</param>
    internal void Count(long sent, long lost)
    {
        lock (_lock)
        {
            _sent += sent;
            _lost += lost;
            if (_sent < Sample)
                return;
            _isLossy |= _lost * 1000 >= _sent * LossyFrom;
            (_sent, _lost) = (0, 0);
        }
    }
}
