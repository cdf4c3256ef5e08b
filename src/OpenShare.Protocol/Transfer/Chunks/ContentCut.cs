using System.Buffers.Binary;
using System.Security.Cryptography;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Chunks;

/// <summary>
/// Chunk boundaries that follow from the content (FastCDC: a gear hash over the last 64 bytes, harder to meet before the
/// average length and easier after it), so that what lies behind an insertion is cut as it was before. Each chunk begins anew:
/// where it ends depends on the bytes from its first one on, and on nothing else.
/// </summary>
public static class ContentCut
{
    /// <summary>Bytes of a chunk at least, but for a file's last.</summary>
    public const int Least = 128 * 1024;

    /// <summary>Bytes at which a boundary becomes easier to meet.</summary>
    public const int Usual = 512 * 1024;

    /// <summary>Bytes of a chunk at most.</summary>
    public const int Most = 2 * 1024 * 1024;

    /// <summary>Below so many bytes a file is one chunk in any case.</summary>
    public const long SmallestFile = Limits.DefaultChunk;

    /// <summary>Beyond so many bytes a file might have more chunks than a manifest.</summary>
    public const long LargestFile = 1L << 40;

    // The highest bits: the ones that all of the last 64 bytes have gone into.
    private const ulong HardMask = 0xFFFFF800_00000000; // 21
    private const ulong EasyMask = 0xFFFF8000_00000000; // 17

    private static readonly ulong[] Gear = MakeGear();

    /// <param name="bytes">from the chunk's first on: <see cref="Most"/> of them, or all up to the file's end</param>
    /// <returns>the chunk's length; 0 for no bytes</returns>
    public static int Length(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= Least)
            return bytes.Length;
        var hash = 0UL;
        var end = Math.Min(bytes.Length, Most);
        var usual = Math.Min(end, Usual);
        return Scan(bytes[..usual], Least, HardMask, ref hash) is > 0 and var early ? early
            : Scan(bytes[..end], usual, EasyMask, ref hash) is > 0 and var late ? late
            : end;
    }

    /// <param name="bytes">from the chunk's first on</param>
    /// <param name="areLast">they go up to the file's end</param>
    /// <returns>the chunk's length; 0: what lies behind these bytes decides, or there are none</returns>
    public static int KnownLength(ReadOnlySpan<byte> bytes, bool areLast) =>
        Length(bytes) is var length && (areLast || length < bytes.Length || length == Most) ? length : 0;

    private static int Scan(ReadOnlySpan<byte> bytes, int from, ulong mask, ref ulong hash)
    {
        var (h, gear) = (hash, Gear);
        for (var i = from; i < bytes.Length; i++)
        {
            h = (h << 1) + gear[bytes[i]];
            if ((h & mask) == 0)
                return i + 1;
        }
        hash = h;
        return 0;
    }

    private static ulong[] MakeGear()
    {
        var gear = new ulong[256];
        for (var i = 0; i < gear.Length; i++)
            gear[i] = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData([.. "openshare/gear/v1\0"u8, (byte)i]));
        return gear;
    }
}
