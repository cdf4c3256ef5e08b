namespace OpenShare.Device.Storage.Database;

/// <summary>Bitmaps of chunks as bytes.</summary>
internal static class ChunkBits
{
    internal static int Size(int chunks) => (chunks + 7) / 8;

    internal static byte[] Or(byte[] left, byte[] right) => [.. left.Select((b, i) => (byte)(b | right[i]))];

    internal static byte[] Except(byte[] left, byte[] right) => [.. left.Select((b, i) => (byte)(b & ~right[i]))];

    internal static void Add(byte[] bits, int i) => bits[i / 8] |= (byte)(1 << (i % 8));

    /// <summary>The numbers of the bits that are set, in their order.</summary>
    internal static IEnumerable<int> Set(byte[] bits) => Enumerable.Range(0, bits.Length * 8).Where(i => (bits[i / 8] & (1 << (i % 8))) != 0);
}
