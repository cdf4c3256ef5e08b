namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>
/// Streams that lead nowhere any more, while the link and others live: a firewall or a NAT has forgotten that one connection, say,
/// and TCP itself would try for a quarter of an hour.
/// <para>
/// That nothing of a stream is acknowledged says little by itself: a receiver may be busy with its disk, its frames may wait for a
/// page, a line may be slow. So it has to be overtaken: a chunk that went out later, on another stream, and comes later in the file
/// list (so no page that is not stored yet holds back the earlier one) is acknowledged now, and the silence is longer by
/// <see cref="TransferTuning.SilentPatience"/> than four times what that chunk took, in proportion to what is larger here. A stream
/// is moved for being sixteen times slower than another at the least, and not for a slow disk, which holds up all of them.
/// </para>
/// </summary>
internal sealed partial class SendWindow
{
    private const int Slower = 4;

    // By then TCP itself gave it up. A receiver may answer as late as it likes, for a single byte.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Streams that an acknowledgement has just shown to be silent for too long.</summary>
    internal List<long> Silent => [.. _streams.Where(s => s.Value.IsSilent).Select(s => s.Key)];

    /// <summary>
    /// When all that is under way is on streams that were overtaken and have been silent for too long: at a transfer's end the others
    /// have nothing left to be acknowledged. Null: something is under way elsewhere, and will tell.
    /// </summary>
    internal DateTimeOffset? AllSilentAt
    {
        get
        {
            DateTimeOffset? last = null;
            foreach (var stream in _streams.Values)
            {
                if (stream.Frames.Count == 0)
                    continue;
                if (stream.SilentAt is not { } at)
                    return null;
                last = last > at ? last : at;
            }
            return last;
        }
    }

    /// <summary>Streams on which anything is under way.</summary>
    internal List<long> Busy => [.. _streams.Where(s => s.Value.Frames.Count > 0).Select(s => s.Key)];

    /// <summary>The receiver has a word on this chunk. Of a frame of many small ones the first says what all do.</summary>
    internal void Hear(long ordinal, DateTimeOffset now, TimeSpan patience)
    {
        if (!_frames.TryGetValue(ordinal, out var heard) || heard.HeardAt == now)
            return;
        heard.HeardAt = now;
        foreach (var (number, stream) in _streams)
        {
            if (number == heard.Stream)
                stream.Hear(now);
            else if (stream.Frames is [var oldest, ..] && oldest.Number < heard.Number && oldest.Last < ordinal)
                stream.Overtake(now, oldest.LaunchedAt, patience + Slack(now - heard.LaunchedAt, (double)oldest.Bytes / heard.Bytes));
        }
    }

    private static TimeSpan Slack(TimeSpan took, double larger) =>
        TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, took.TotalSeconds * Slower * Math.Max(1, larger)));

    /// <summary>Somebody has all of them wait: their silence says nothing.</summary>
    internal void Excuse(DateTimeOffset now)
    {
        foreach (var stream in _streams.Values)
            stream.Hear(now);
    }
}
