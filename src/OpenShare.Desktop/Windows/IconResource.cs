using System.Buffers.Binary;

namespace OpenShare.Desktop.Windows;

/// <summary>A picture as an icon's resource has it: a BITMAPINFOHEADER, the pixels and the mask, each from the lowest line up.</summary>
internal static class IconResource
{
    /// <summary>Of the format, for CreateIconFromResourceEx.</summary>
    internal const uint Version = 0x00030000;

    private const int Header = 40;

    /// <param name="argb">four bytes a pixel, line by line from the top</param>
    internal static byte[] Of(ReadOnlySpan<byte> argb, int size)
    {
        // A line of the mask is filled up to whole words of four bytes. All zeros: what is seen through is said by alpha.
        var mask = (size + 31) / 32 * 4 * size;
        var bits = new byte[Header + argb.Length + mask];
        BinaryPrimitives.WriteInt32LittleEndian(bits, Header);
        BinaryPrimitives.WriteInt32LittleEndian(bits.AsSpan(4), size);
        // Both parts, one above the other.
        BinaryPrimitives.WriteInt32LittleEndian(bits.AsSpan(8), size * 2);
        BinaryPrimitives.WriteInt16LittleEndian(bits.AsSpan(12), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bits.AsSpan(14), 32);
        for (var y = 0; y < size; y++)
            for (var x = 0; x < size; x++)
            {
                var from = argb.Slice((y * size + x) * 4, 4);
                var to = bits.AsSpan(Header + ((size - 1 - y) * size + x) * 4, 4);
                (to[0], to[1], to[2], to[3]) = (from[3], from[2], from[1], from[0]);
            }
        return bits;
    }
}
