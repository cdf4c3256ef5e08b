using System.Security.Cryptography;

namespace OpenShare.Benchmarks.Pump;

/// <summary>
/// One record on its way through a pump: at most a mebibyte of the file, after four bytes of length and before its tag. An empty one
/// is the end.
/// </summary>
internal sealed class Block
{
    internal const int Most = 1024 * 1024;
    internal const int Head = sizeof(int);
    internal const int TagSize = 16;

    private readonly byte[] _bytes = new byte[Head + Most + TagSize];

    internal int Length { get; set; }

    internal long Number { get; set; }

    internal Span<byte> Text => _bytes.AsSpan(Head, Length);

    internal Span<byte> Space => _bytes.AsSpan(Head, Most);

    internal Span<byte> Tag => _bytes.AsSpan(Head + Length, TagSize);

    internal Span<byte> Record => _bytes.AsSpan(0, Head + Length + TagSize);

    internal Span<byte> Start => _bytes.AsSpan(0, Head);

    internal void Seal(ChaCha20Poly1305 key)
    {
        BitConverter.TryWriteBytes(Start, Length);
        key.Encrypt(Nonce(), Text, Text, Tag, Start);
    }

    internal void Open(ChaCha20Poly1305 key) => key.Decrypt(Nonce(), Text, Tag, Text, Start);

    private byte[] Nonce()
    {
        var nonce = new byte[12];
        BitConverter.TryWriteBytes(nonce, Number);
        return nonce;
    }
}
