using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Pairing;

/// <summary>What makes an invitation good once: 16 random bytes, 32 hex digits as text.</summary>
public readonly record struct PairingNonce
{
    public const int Size = 16;

    private readonly UInt128 _value;

    private PairingNonce(UInt128 value) => _value = value;

    public static PairingNonce New(IRandomSource random) => FromBytes(random.Bytes(Size));

    /// <exception cref="ProtocolException">not 16 bytes</exception>
    public static PairingNonce FromBytes(ReadOnlySpan<byte> bytes) => new(Id128.Read(bytes, "pairing nonce"));

    /// <exception cref="ProtocolException">not 32 hex digits</exception>
    public static PairingNonce Parse(string text) => new(Id128.Parse(text, "pairing nonce"));

    public byte[] ToBytes() => Id128.Bytes(_value);

    public override string ToString() => Id128.Text(_value);
}
