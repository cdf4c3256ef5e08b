using System.Buffers.Binary;
using System.Globalization;

namespace OpenShare.Protocol.Identity;

/// <summary>What every 128-bit id shares: 16 bytes big-endian on the wire, 32 hex digits as text.</summary>
internal static class Id128
{
    private const int Size = 16;

    internal static UInt128 Read(ReadOnlySpan<byte> bytes, string what) =>
        bytes.Length == Size
            ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : throw new ProtocolException($"A {what} is {Size} bytes; this one has {bytes.Length}.");

    internal static UInt128 Parse(string text, string what) =>
        TryParse(text, out var value) ? value : throw new ProtocolException($"A {what} is 32 hex digits; '{Printable.Shorten(text, 2 * 2 * Size)}' is not.");

    internal static bool TryParse(string? text, out UInt128 value)
    {
        value = default;
        // The framework's parser takes trailing NULs for nothing; then two texts would be one id.
        return text is { Length: 2 * Size } && text.All(char.IsAsciiHexDigit) && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    internal static byte[] Bytes(UInt128 value)
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return bytes;
    }

    internal static string Text(UInt128 value) => value.ToString("x32", CultureInfo.InvariantCulture);
}
