namespace OpenShare.Device.Transport.Tcp;

/// <summary>
/// Whether the way to one host loses packets, told by what all connections to it had to send again. It stays said for as long
/// as there are such connections: a way that loses now and then is not tried out anew each time.
/// </summary>
internal sealed class PathLoss
{
    /// <summary>Packets that make a sample: 0.7 MB, so that a slow start into loss is soon over.</summary>
    internal const long Sample = 512;

    /// <summary>Of a thousand packets so many sent again make the path a lossy one. A clean line, once it is full, has far fewer.</summary>
    internal const long LossyFrom = 5;

    private readonly Lock _lock = new();
    private long _sent;
    private long _again;
    private volatile bool _isLossy;

    internal bool IsLossy => _isLossy;

    /// <summary>May be called by any thread.</summary>
    /// <param name="sent">packets with data, those sent again among them</param>
    /// <param name="again">of those, sent again</param>
    internal void Count(long sent, long again)
    {
        lock (_lock)
        {
            _sent += sent;
            _again += again;
            if (_sent < Sample)
                return;
            _isLossy |= _again * 1000 >= _sent * LossyFrom;
            (_sent, _again) = (0, 0);
        }
    }
}
