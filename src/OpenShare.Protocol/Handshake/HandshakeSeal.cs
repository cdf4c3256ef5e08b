using System.Buffers.Binary;
using Google.Protobuf;
using NSec.Cryptography;

namespace OpenShare.Protocol.Handshake;

/// <summary>The handshake's own encryption: ChaCha20-Poly1305 (RFC 8439) under a key of its direction; the nonce is the message's number there.</summary>
internal static class HandshakeSeal
{
    internal static byte[] Seal(byte[] key, int number, IMessage message)
    {
        using var imported = Import(key);
        return AeadAlgorithm.ChaCha20Poly1305.Encrypt(imported, Nonce(number), [], message.ToByteArray());
    }

    /// <returns>null where the bytes were altered or sealed under another key</returns>
    internal static byte[]? Open(byte[] key, int number, ReadOnlySpan<byte> sealedBytes)
    {
        using var imported = Import(key);
        return AeadAlgorithm.ChaCha20Poly1305.Decrypt(imported, Nonce(number), [], sealedBytes);
    }

    private static Key Import(byte[] key) => Key.Import(AeadAlgorithm.ChaCha20Poly1305, key, KeyBlobFormat.RawSymmetricKey);

    private static byte[] Nonce(int number)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteInt32BigEndian(nonce.AsSpan(8), number);
        return nonce;
    }
}
