namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>
/// Bytes a second, on average: what was sent beyond it is waited out. A frame goes whole, so that a low rate comes in steps.
/// </summary>
/// <param name="bytesPerSecond">0: no limit</param>
internal sealed class RateLimit(long bytesPerSecond)
{
    // What was not sent in time is not made up for: the link was away, or the files were not read.
    private static readonly TimeSpan s_mostSaved = TimeSpan.FromMilliseconds(100);

    /// <summary>When the next frame may go.</summary>
    internal DateTimeOffset OpensAt { get; private set; } = DateTimeOffset.MinValue;

    internal bool IsOpen(DateTimeOffset now) => bytesPerSecond == 0 || now >= OpensAt;

    internal void Spend(long bytes, DateTimeOffset now)
    {
        if (bytesPerSecond == 0)
            return;
        var from = OpensAt > now - s_mostSaved ? OpensAt : now - s_mostSaved;
        OpensAt = from + TimeSpan.FromSeconds((double)bytes / bytesPerSecond);
    }
}
