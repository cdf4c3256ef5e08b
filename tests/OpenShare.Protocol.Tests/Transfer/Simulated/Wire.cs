using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer.Simulated;

/// <summary>
/// One link: a control stream each way and data streams, each of them in order, none in step with another. What is
/// under way when it is cut is lost, and neither end knows at once.
/// </summary>
internal sealed class Wire(VirtualTime time, int lossPercent)
{
    private readonly Dictionary<long, Lane> _streams = [];
    private readonly Lane _toSender = new(), _toReceiver = new();
    private DateTimeOffset _upAtReceiver;

    internal bool IsCut { get; private set; }

    internal void Cut() => IsCut = true;

    /// <summary>The times from which on the ends know of this link; nothing arrives before.</summary>
    internal void Up(DateTimeOffset atSender, DateTimeOffset atReceiver) =>
        (_toSender.NotBefore, _toReceiver.NotBefore, _upAtReceiver) = (atSender, atReceiver, atReceiver);

    internal void Send(bool toReceiver, Control message, Action<Control> arrive)
    {
        // More than the channel does, which loses nothing but in a cut: everything but a refused chunk is asked for again.
        if (message.KindCase == Control.KindOneofCase.ChunkRefused || !time.Happens(lossPercent))
            Carry(toReceiver ? _toReceiver : _toSender, 40, () => arrive(message));
    }

    /// <returns>when the receiver knows of it: not before it knows of the link</returns>
    internal DateTimeOffset AddStream(long stream)
    {
        var lane = _streams[stream] = new Lane { NotBefore = _upAtReceiver };
        return lane.Next(60, time);
    }

    internal void Send(long stream, Frame frame, Action<Frame> arrive)
    {
        if (_streams.TryGetValue(stream, out var lane))
            Carry(lane, 150, () => arrive(frame));
    }

    internal void CutStream(long stream) => _streams.Remove(stream);

    internal bool Has(long stream) => !IsCut && _streams.ContainsKey(stream);

    internal long? AnyStream() => _streams.Count == 0 ? null : _streams.Keys.Order().ElementAt(time.Below(_streams.Count));

    private void Carry(Lane lane, int milliseconds, Action arrive) => time.At(lane.Next(milliseconds, time), () =>
    {
        if (!IsCut && (lane == _toReceiver || lane == _toSender || _streams.ContainsValue(lane)))
            arrive();
    });

    private sealed class Lane
    {
        internal DateTimeOffset NotBefore { get; set; }

        /// <summary>Some time soon, and never before what went before.</summary>
        internal DateTimeOffset Next(int milliseconds, VirtualTime time)
        {
            var soon = time.Soon(milliseconds);
            return NotBefore = soon > NotBefore ? soon : NotBefore;
        }
    }
}

/// <summary>A frame's head and, chunk by chunk, its bytes.</summary>
internal sealed record Frame(ChunkFrame Head, IReadOnlyList<byte[]> Bytes);
