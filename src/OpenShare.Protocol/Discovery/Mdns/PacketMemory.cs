using System.Net;

namespace OpenShare.Protocol.Discovery.Mdns;

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

    /// <returns>null: the source says something else than before, or it is not known to mean the same as then</returns>
    internal IReadOnlyList<RecordCache.Held>? Find(MdnsPacket packet)
    {
        if (!_last.TryGetValue(packet.From, out var last) || !last.Bytes.Span.SequenceEqual(packet.Bytes.Span))
            return null;
        foreach (var held in last.Records)
        {
            if (!held.IsUnchanged)
                return null;
        }
        return last.Records;
    }

    /// <param name="records">all that it says, as it is held</param>
    internal void Remember(MdnsPacket packet, RecordCache.Held[] records)
    {
        if (packet.Bytes.Length > LongestPacket)
            return;
        if (!_last.ContainsKey(packet.From))
            MakeRoom(packet.From);
        _last[packet.From] = new Announced(packet.Bytes, records);
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

    private sealed record Announced(ReadOnlyMemory<byte> Bytes, RecordCache.Held[] Records);
}
