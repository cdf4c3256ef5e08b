namespace OpenShare.Protocol.Transfer;

/// <summary>Whether the path of a transfer is fast, by what was acknowledged last.</summary>
internal sealed class PathPace(TransferTuning tuning)
{
    private DateTimeOffset _since;
    private long _bytes;

    internal bool IsFast { get; private set; }

    internal void Acknowledge(long bytes, DateTimeOffset now)
    {
        if (bytes == 0)
            return;
        // A stretch's time begins with the first word of it.
        if (_bytes == 0)
            _since = now;
        _bytes += bytes;
        if (_bytes < tuning.PaceBytes)
            return;
        IsFast = now - _since <= tuning.FastPace;
        _bytes = 0;
    }

    /// <summary>The link is another, and so may be its path.</summary>
    internal void Forget() => (IsFast, _bytes) = (false, 0);
}
