namespace OpenShare.Protocol.Discovery.Dns;

/// <summary>Bits of the header, of a class field and of a name's length byte.</summary>
internal static class DnsFlags
{
    internal const ushort Response = 0x8000;
    internal const ushort Authoritative = 0x0400;
    internal const ushort Truncated = 0x0200;
    internal const ushort OpcodeAndRcode = 0x780F;

    /// <summary>Of a class: cache-flush in a record (RFC 6762 §10.2), QU in a question (§5.4).</summary>
    internal const ushort TopBit = 0x8000;

    /// <summary>Of a byte in an NSEC record's bitmap: the first type that it tells of (RFC 4034 §4.1.2).</summary>
    internal const byte FirstType = 0x80;

    /// <summary>Of a name's length byte: the rest is a place in the message (RFC 1035 §4.1.4).</summary>
    internal const byte Pointer = 0xC0;
}
