using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>
/// Pages and chunks travel on different connections, so a chunk can overtake its page. Its frame waits here, one a
/// stream, until the page is stored: so a sender waits for no round trip, and nobody can make us hold more.
/// </summary>
internal sealed class FrameGate
{
    private readonly SortedDictionary<long, ChunkFrame?> _streams = [];

    internal void Add(long stream) => _streams.TryAdd(stream, null);

    internal void Remove(long stream) => _streams.Remove(stream);

    internal void Clear() => _streams.Clear();

    internal bool Knows(long stream) => _streams.ContainsKey(stream);

    internal bool IsOccupied(long stream) => _streams.GetValueOrDefault(stream) is not null;

    internal void Park(long stream, ChunkFrame head) => _streams[stream] = head;

    /// <summary>The frames that wait, for another try.</summary>
    internal List<(long Stream, ChunkFrame Head)> TakeAll()
    {
        var waiting = new List<(long, ChunkFrame)>();
        foreach (var (stream, head) in _streams.ToList())
        {
            if (head is null)
                continue;
            waiting.Add((stream, head));
            _streams[stream] = null;
        }
        return waiting;
    }
}
