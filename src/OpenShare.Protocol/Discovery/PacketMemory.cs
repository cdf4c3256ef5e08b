using System.Net;
using OpenShare.Protocol.Discovery.Dns;

namespace OpenShare.Protocol.Discovery;

/// <summary>
/// What each source said last, decoded: a device announces the same every minute, and an agent listens all day. Bounded in
/// number and size; the oldest makes room.
/// </summary>
internal sealed class PacketMemory
{
    private const int Packets = 256;

    // One Ethernet frame.
    private const int LongestPacket = 1500;

    private readonly Dictionary<IPEndPoint, (ReadOnlyMemory<byte> Bytes, DnsMessage Message)> _last = [];
    private readonly Queue<IPEndPoint> _sources = new();

    /// <exception cref="Identity.ProtocolException">not a DNS message, or beyond <see cref="DnsLimits"/></exception>
    internal DnsMessage Decode(IPEndPoint from, ReadOnlyMemory<byte> packet)
    {
        var isKnown = _last.TryGetValue(from, out var last);
        if (isKnown && last.Bytes.Span.SequenceEqual(packet.Span))
            return last.Message;
        var message = DnsMessage.Decode(packet.Span);
        if (!message.IsResponse || packet.Length > LongestPacket)
            return message;
        if (!isKnown)
            Remember(from);
        _last[from] = (packet.ToArray(), message);
        return message;
    }

    private void Remember(IPEndPoint from)
    {
        if (_sources.Count == Packets)
            _last.Remove(_sources.Dequeue());
        _sources.Enqueue(from);
    }
}
