namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>Which chunks are under way on which stream, in frames, at most so many frames a stream.</summary>
internal sealed partial class SendWindow(int framesPerStream, ISendTurns turns)
{
    private readonly SortedDictionary<long, Stream> _streams = [];
    private readonly Dictionary<long, Frame> _frames = [];
    private long _launched;

    internal int Streams => _streams.Count;

    internal bool IsEmpty => _frames.Count == 0;

    /// <summary>Of the chunks under way.</summary>
    internal IEnumerable<long> Ordinals => _frames.Keys;

    internal bool Contains(long ordinal) => _frames.ContainsKey(ordinal);

    /// <summary>Takes no more frames.</summary>
    internal IReadOnlySet<long> Retired { get; set; } = new HashSet<long>();

    /// <summary>Chunks on that stream.</summary>
    internal int UnderWay(long stream) => _streams.TryGetValue(stream, out var known) ? known.Frames.Sum(f => f.Left.Count) : 0;

    internal void Add(long stream) => _streams.TryAdd(stream, new Stream());

    /// <returns>the chunks that were under way on it; null for a stream not known</returns>
    internal List<long>? Remove(long stream)
    {
        if (!_streams.Remove(stream, out var known))
            return null;
        var lost = known.Frames.SelectMany(f => f.Left).ToList();
        lost.ForEach(o => _frames.Remove(o));
        turns.Lose(known.UnderWay);
        return lost;
    }

    internal void Clear()
    {
        turns.Lose(_streams.Values.Sum(s => s.UnderWay));
        _streams.Clear();
        _frames.Clear();
    }

    /// <summary>The stream with the most room, the lowest of equals; null when all are full.</summary>
    internal long? Free()
    {
        long? best = null;
        var fewest = framesPerStream;
        foreach (var (stream, known) in _streams)
        {
            if (known.Frames.Count < fewest && !Retired.Contains(stream))
                (best, fewest) = (stream, known.Frames.Count);
        }
        return best;
    }

    internal void Launch(long stream, IReadOnlyList<long> ordinals, long bytes, DateTimeOffset now)
    {
        var frame = new Frame(stream, [.. ordinals], bytes) { Number = ++_launched, Last = ordinals.Max(), LaunchedAt = now };
        _streams[stream].Frames.Add(frame);
        foreach (var ordinal in ordinals)
            _frames.Add(ordinal, frame);
    }

    /// <summary>The chunk's fate is known: its place in the window is free once that of its whole frame is.</summary>
    /// <returns>false when it was not under way</returns>
    internal bool Settle(long ordinal)
    {
        if (!_frames.Remove(ordinal, out var frame))
            return false;
        frame.Left.Remove(ordinal);
        if (frame.Left.Count == 0)
        {
            _streams[frame.Stream].Frames.Remove(frame);
            turns.Settle(frame.Bytes);
        }
        return true;
    }

    private sealed class Frame(long stream, HashSet<long> left, long bytes)
    {
        internal long Stream { get; } = stream;

        internal long Bytes { get; } = bytes;

        internal HashSet<long> Left { get; } = left;

        /// <summary>Later frames have higher ones.</summary>
        internal long Number { get; init; }

        /// <summary>The highest of its ordinals.</summary>
        internal long Last { get; init; }

        internal DateTimeOffset LaunchedAt { get; init; }

        internal DateTimeOffset? HeardAt { get; set; }
    }

    private sealed class Stream
    {
        private DateTimeOffset _heardAt;

        /// <summary>Oldest first.</summary>
        internal List<Frame> Frames { get; } = [];

        /// <summary>Bytes.</summary>
        internal long UnderWay => Frames.Sum(f => f.Bytes);

        /// <summary>When it will have been silent for too long; null: it was not overtaken since it was heard of.</summary>
        internal DateTimeOffset? SilentAt { get; private set; }

        internal bool IsSilent { get; private set; }

        internal void Hear(DateTimeOffset now) => (_heardAt, SilentAt, IsSilent) = (now, null, false);

        internal void Overtake(DateTimeOffset now, DateTimeOffset since, TimeSpan patience)
        {
            SilentAt = (since > _heardAt ? since : _heardAt) + patience;
            IsSilent = SilentAt <= now;
        }
    }
}
