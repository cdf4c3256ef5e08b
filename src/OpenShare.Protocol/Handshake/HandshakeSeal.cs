using System.Buffers.Binary;
using Google.Protobuf;
using OpenShare.Protocol.Channel;

namespace OpenShare.Protocol.Handshake;

/// <summary>The handshake's own encryption: ChaCha20-Poly1305 (RFC 8439) under a key of its direction; the nonce is the message's number there.</summary>
internal static class HandshakeSeal
{
    internal static byte[] Seal(byte[] key, int number, IMessage message)
    {
        var length = message.CalculateSize();
        var sealedBytes = new byte[length + RecordHeader.TagSize];
        message.WriteTo(sealedBytes.AsSpan(0, length));
        using var cipher = RecordCipher.Create(key);
        cipher.Seal(Nonce(number), [], sealedBytes.AsSpan(0, length), sealedBytes.AsSpan(length));
        return sealedBytes;
    }

    /// <returns>null where the bytes were altered or sealed under another key</returns>
    internal static byte[]? Open(byte[] key, int number, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < RecordHeader.TagSize)
            return null;
        var text = sealedBytes[..^RecordHeader.TagSize].ToArray();
        using var cipher = RecordCipher.Create(key);
        return cipher.Open(Nonce(number), [], text, sealedBytes[^RecordHeader.TagSize..]) ? text : null;
    }

    private static byte[] Nonce(int number)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteInt32BigEndian(nonce.AsSpan(8), number);
        return nonce;
    }
}
