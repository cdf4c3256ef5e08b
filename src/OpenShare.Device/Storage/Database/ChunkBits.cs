namespace OpenShare.Device.Storage.Database;

/// <summary>Bitmaps of chunks as bytes.</summary>
internal static class ChunkBits
{
    internal static int Size(int chunks) => (chunks + 7) / 8;

    internal static byte[] Or(byte[] left, byte[] right) => [.. left.Select((b, i) => (byte)(b | right[i]))];

    internal static byte[] And(byte[] left, byte[] right) => [.. left.Select((b, i) => (byte)(b & right[i]))];

    internal static byte[] Except(byte[] left, byte[] right) => [.. left.Select((b, i) => (byte)(b & ~right[i]))];
}
