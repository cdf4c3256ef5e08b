using OpenShare.Device.Hosting;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers.Telemetry;

/// <summary>Frames of one transfer that are under way, by their first chunk, and since when.</summary>
internal sealed class FrameTimes(DeviceContext context)
{
    private readonly SortedDictionary<ulong, DateTimeOffset> _sent = [];

    internal void Sent(long first)
    {
        if (_sent.TryAdd((ulong)first, context.Steady))
            context.Metrics.FramesUnderWay(1);
    }

    internal void Answered(ChunksAcknowledged message)
    {
        // At most a window of frames is under way: the ranges of a message may be any.
        foreach (var first in _sent.Keys.Where(f => message.Chunks.Any(r => f - r.First < r.Count && f >= r.First)).ToList())
        {
            _sent.Remove(first, out var since);
            context.Metrics.FramesUnderWay(-1);
            context.Metrics.FrameAnswered(context.Steady - since);
        }
    }

    /// <summary>The link is gone, or the transfer.</summary>
    internal void Forget()
    {
        context.Metrics.FramesUnderWay(-_sent.Count);
        _sent.Clear();
    }
}
