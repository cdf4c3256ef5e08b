using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Transfer;

/// <summary>128 random bits chosen by the sender: with the sender's device id, what a resume is keyed by.</summary>
public readonly record struct TransferId
{
    private readonly UInt128 _value;

    private TransferId(UInt128 value) => _value = value;

    public static TransferId New(IRandomSource random) => FromBytes(random.Bytes(16));

    /// <exception cref="ProtocolException">not 16 bytes</exception>
    public static TransferId FromBytes(ReadOnlySpan<byte> bytes) => new(Id128.Read(bytes, "transfer id"));

    /// <exception cref="ProtocolException">not 32 hex digits</exception>
    public static TransferId Parse(string text) => new(Id128.Parse(text, "transfer id"));

    public static bool TryParse(string? text, out TransferId id)
    {
        var parsed = Id128.TryParse(text, out var value);
        id = new TransferId(value);
        return parsed;
    }

    public byte[] ToBytes() => Id128.Bytes(_value);

    public override string ToString() => Id128.Text(_value);
}
