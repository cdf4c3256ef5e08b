using System.Security.Cryptography;

namespace OpenShare.Protocol.Identity;

/// <summary>
/// 128 bits, the start of SHA-256(label, Ed25519 public key): an id cannot be squatted by another key.
/// Text: 32 lower-case hex digits.
/// </summary>
public readonly record struct DeviceId : IComparable<DeviceId>
{
    public const int Size = 16;
    private static ReadOnlySpan<byte> Label => "openshare/device-id/v1\0"u8;

    private readonly UInt128 _value;

    private DeviceId(UInt128 value) => _value = value;

    public static DeviceId FromPublicKey(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> input = stackalloc byte[Label.Length + PublicKey.Size];
        Label.CopyTo(input);
        publicKey.CopyTo(input[Label.Length..]);
        return FromBytes(SHA256.HashData(input).AsSpan(0, Size));
    }

    /// <exception cref="ProtocolException">not 16 bytes</exception>
    public static DeviceId FromBytes(ReadOnlySpan<byte> bytes) => new(Id128.Read(bytes, "device id"));

    /// <exception cref="ProtocolException">not 32 hex digits</exception>
    public static DeviceId Parse(string text) => new(Id128.Parse(text, "device id"));

    public static bool TryParse(string? text, out DeviceId id)
    {
        var parsed = Id128.TryParse(text, out var value);
        id = new DeviceId(value);
        return parsed;
    }

    public byte[] ToBytes() => Id128.Bytes(_value);

    public int CompareTo(DeviceId other) => _value.CompareTo(other._value);

    public static bool operator <(DeviceId left, DeviceId right) => left.CompareTo(right) < 0;
    public static bool operator >(DeviceId left, DeviceId right) => left.CompareTo(right) > 0;
    public static bool operator <=(DeviceId left, DeviceId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(DeviceId left, DeviceId right) => left.CompareTo(right) >= 0;

    public override string ToString() => Id128.Text(_value);
}
