using System.Text;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>Protocol Buffers written by hand: what the generated code must produce, and what no honest side would.</summary>
internal static class RawProto
{
    /// <summary>A field of wire type 0; 0 is not written, as proto3 has it.</summary>
    internal static byte[] Number(int field, ulong value) => value == 0 ? [] : [.. Varint((ulong)field << 3), .. Varint(value)];

    /// <summary>A field of wire type 2; empty is not written, as proto3 has it.</summary>
    internal static byte[] Blob(int field, ReadOnlySpan<byte> value) =>
        value.Length == 0 ? [] : [.. Varint((ulong)field << 3 | 2), .. Varint((ulong)value.Length), .. value];

    internal static byte[] Text(int field, string value) => Blob(field, Encoding.UTF8.GetBytes(value));

    internal static byte[] Signed(ReadOnlySpan<byte> payload, string keyId, ReadOnlySpan<byte> signature) =>
        [.. Blob(1, payload), .. Text(2, keyId), .. Blob(3, signature)];

    /// <summary>Base64url without padding (RFC 4648 section 5): the text form of anything signed.</summary>
    internal static string Base64Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    internal static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7f; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
