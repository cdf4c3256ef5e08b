using System.Net;

namespace OpenShare.Protocol.Discovery;

/// <summary>
/// What each source announced last, and the records that are held of it: a device announces the same every minute, and an
/// agent listens all day. Bounded in number and size; the oldest makes room.
/// </summary>
internal sealed class PacketMemory
{
    private const int Packets = 1024;

    // One Ethernet frame.
    private const int LongestPacket = 1500;

    private readonly Dictionary<IPEndPoint, Announced> _last = [];
    private readonly Queue<IPEndPoint> _sources = new();

    /// <param name="version">of the cache: what was remembered under another one may hold no more</param>
    /// <returns>null: the source says something else than before, or it is not known to mean the same as then</returns>
    internal IReadOnlyList<CachedRecord>? Find(MdnsPacket packet, long version) =>
        _last.TryGetValue(packet.From, out var last) && last.Version == version && last.Bytes.Span.SequenceEqual(packet.Bytes.Span)
            ? last.Records
            : null;

    /// <param name="records">all that is held of it</param>
    internal void Remember(MdnsPacket packet, IReadOnlyList<CachedRecord> records, long version)
    {
        if (packet.Bytes.Length > LongestPacket)
            return;
        if (!_last.TryGetValue(packet.From, out var last))
            MakeRoom(packet.From);
        var isSame = last is not null && last.Bytes.Span.SequenceEqual(packet.Bytes.Span);
        _last[packet.From] = new Announced(isSame ? last!.Bytes : packet.Bytes.ToArray(), records, version);
    }

    internal void Clear()
    {
        _last.Clear();
        _sources.Clear();
    }

    private void MakeRoom(IPEndPoint source)
    {
        if (_sources.Count == Packets)
            _last.Remove(_sources.Dequeue());
        _sources.Enqueue(source);
    }

    private sealed record Announced(ReadOnlyMemory<byte> Bytes, IReadOnlyList<CachedRecord> Records, long Version);
}
