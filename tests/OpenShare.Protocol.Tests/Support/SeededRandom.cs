using System.Buffers.Binary;
using System.Security.Cryptography;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>An endless stream of bytes from a seed: SHA-256 of the seed and a counter. The same in every run and on every platform.</summary>
internal sealed class SeededRandom(int seed) : IRandomSource
{
    private readonly byte[] _input = new byte[12];
    private ulong _counter;

    public void Fill(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(_input, seed);
        while (bytes.Length > 0)
        {
            BinaryPrimitives.WriteUInt64BigEndian(_input.AsSpan(4), _counter++);
            var block = SHA256.HashData(_input).AsSpan(0, Math.Min(bytes.Length, 32));
            block.CopyTo(bytes);
            bytes = bytes[block.Length..];
        }
    }

    /// <summary>0 to <paramref name="limit"/> - 1.</summary>
    internal int Below(int limit) => (int)(BinaryPrimitives.ReadUInt32BigEndian(this.Bytes(4)) % (uint)limit);
}
