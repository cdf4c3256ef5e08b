using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Channel;

/// <summary>
/// The four bytes before every record: its type, and the length of its ciphertext with tag (24 bits, big-endian).
/// They are the record's associated data.
/// </summary>
public readonly record struct RecordHeader(RecordType Type, int SealedLength)
{
    public const int Size = 4;
    public const int TagSize = 16;

    /// <summary>What a record adds to its plaintext.</summary>
    public const int Overhead = Size + TagSize;

    /// <exception cref="ProtocolException">an unknown type, or longer or shorter than a record can be</exception>
    public static RecordHeader Read(ReadOnlySpan<byte> bytes)
    {
        var type = (RecordType)bytes[0];
        var length = bytes[1] << 16 | bytes[2] << 8 | bytes[3];
        if (type is < RecordType.Control or > RecordType.ControlPart)
            throw new ProtocolException($"A record of the unknown type {bytes[0]} arrived.");
        if (length is < TagSize or > Limits.RecordPlaintext + TagSize)
            throw new ProtocolException($"A record of {length} bytes arrived; the limit is {Limits.RecordPlaintext + TagSize}.");
        return new RecordHeader(type, length);
    }

    public void Write(Span<byte> bytes)
    {
        bytes[0] = (byte)Type;
        bytes[1] = (byte)(SealedLength >> 16);
        bytes[2] = (byte)(SealedLength >> 8);
        bytes[3] = (byte)SealedLength;
    }
}
