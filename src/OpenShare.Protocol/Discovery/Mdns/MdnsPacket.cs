using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>A datagram that came to the multicast group. It is decoded when first read, once for all who were told of it.</summary>
/// <param name="bytes">its own: nobody changes them any more</param>
public sealed class MdnsPacket(IPEndPoint from, ReadOnlyMemory<byte> bytes)
{
    private readonly Lazy<DnsMessage?> _message = new(() => Decode(bytes.Span), LazyThreadSafetyMode.PublicationOnly);

    public IPEndPoint From { get; } = from;

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>Null: not a DNS message, or beyond <see cref="DnsLimits"/>.</summary>
    internal DnsMessage? Message => _message.Value;

    private static DnsMessage? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return DnsMessage.Decode(bytes);
        }
        catch (ProtocolException)
        {
            return null;
        }
    }
}
