using System.Buffers.Binary;
using System.Numerics;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Chunks;

/// <summary>A set of chunk ordinals, one bit each: 128 KiB for a file of 1 TiB. It grows with the highest ordinal set.</summary>
public sealed class ChunkMap
{
    private const int Bits = 64;

    private ulong[] _words = [];

    public long Count { get; private set; }

    public bool Contains(long ordinal) =>
        ordinal >> 6 is >= 0 and var word && word < _words.Length && (_words[word] & Bit(ordinal)) != 0;

    /// <returns>true when it was not in the set</returns>
    /// <exception cref="ArgumentOutOfRangeException">negative, or beyond <see cref="Limits.ManifestChunks"/></exception>
    public bool Add(long ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, Limits.ManifestChunks);
        var word = (int)(ordinal / Bits);
        if (word >= _words.Length)
            Array.Resize(ref _words, Math.Max(word + 1, Math.Min(2 * _words.Length, Limits.ManifestChunks / Bits)));
        if ((_words[word] & Bit(ordinal)) != 0)
            return false;
        _words[word] |= Bit(ordinal);
        Count++;
        return true;
    }

    /// <returns>true when it was in the set</returns>
    public bool Remove(long ordinal)
    {
        if (!Contains(ordinal))
            return false;
        _words[ordinal / Bits] &= ~Bit(ordinal);
        Count--;
        return true;
    }

    public void Add(ChunkRange range)
    {
        for (var ordinal = range.First; ordinal < range.End; ordinal++)
            Add(ordinal);
    }

    public void Remove(ChunkRange range)
    {
        for (var ordinal = Next(range.First, range.End); ordinal >= 0; ordinal = Next(ordinal + 1, range.End))
            Remove(ordinal);
    }

    public void Clear()
    {
        Array.Clear(_words);
        Count = 0;
    }

    /// <returns>the first member in [from, end), or -1</returns>
    public long Next(long from, long end) => Scan(from, end, 0);

    /// <summary>The members in [first, end) as ranges, in growing order.</summary>
    public IEnumerable<ChunkRange> Ranges(long first, long end)
    {
        for (var start = Scan(first, end, 0); start >= 0;)
        {
            var stop = Scan(start, end, ulong.MaxValue);
            if (stop < 0)
                stop = Math.Min(end, Capacity);
            yield return new ChunkRange(start, stop - start);
            start = Scan(stop, end, 0);
        }
    }

    public IEnumerable<ChunkRange> Ranges() => Ranges(0, Capacity);

    public ChunkMap Copy() => new() { _words = [.. _words], Count = Count };

    /// <summary>Bit n of byte n/8 is ordinal n, lowest bit first; zero bytes at the end are left off.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[_words.Length * sizeof(ulong)];
        for (var i = 0; i < _words.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), _words[i]);
        return bytes.AsSpan().TrimEnd((byte)0).ToArray();
    }

    /// <exception cref="ProtocolException">longer than any manifest</exception>
    public static ChunkMap FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Limits.ManifestChunks / 8)
            throw new ProtocolException("This chunk map is longer than any manifest.");
        var words = new ulong[(bytes.Length + sizeof(ulong) - 1) / sizeof(ulong)];
        for (var i = 0; i < bytes.Length; i++)
            words[i / sizeof(ulong)] |= (ulong)bytes[i] << (8 * (i % sizeof(ulong)));
        return new ChunkMap { _words = words, Count = words.Sum(w => (long)BitOperations.PopCount(w)) };
    }

    public override string ToString() => string.Join(',', Ranges());

    private long Capacity => (long)_words.Length * Bits;

    // Finds the next one bit, or, flipped, the next zero bit.
    private long Scan(long from, long end, ulong flip)
    {
        end = Math.Min(end, Capacity);
        while (from < end)
        {
            var rest = (_words[from / Bits] ^ flip) >> (int)(from % Bits);
            if (rest != 0)
                return from + BitOperations.TrailingZeroCount(rest) is var found && found < end ? found : -1;
            from = (from / Bits + 1) * Bits;
        }
        return -1;
    }

    private static ulong Bit(long ordinal) => 1UL << (int)(ordinal % Bits);
}
