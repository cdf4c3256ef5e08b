using System.Buffers.Binary;

namespace OpenShare.Protocol.Identity;

/// <summary>
/// One run of a device: 16 random bytes, made anew at each start. Two that prove one key at the same time are two holders
/// of it; one that is reached in two ways is the same.
/// </summary>
public readonly record struct InstanceId
{
    public const int Size = 16;

    private readonly UInt128 _value;

    private InstanceId(UInt128 value) => _value = value;

    /// <summary>Of somebody who did not say: like nobody else.</summary>
    public static InstanceId None => default;

    public static InstanceId New(IRandomSource random) => FromBytes(random.Bytes(Size));

    /// <param name="bytes">from the other side: of any other length they are none</param>
    public static InstanceId FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size ? new InstanceId(BinaryPrimitives.ReadUInt128BigEndian(bytes)) : None;

    /// <summary>It is said to be the same run.</summary>
    public bool IsSameAs(InstanceId other) => this != None && this == other;

    /// <returns>empty for none</returns>
    public byte[] ToBytes()
    {
        if (this == None)
            return [];
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _value);
        return bytes;
    }
}
