using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>128 random bits that name one signed manifest.</summary>
public readonly record struct ManifestId
{
    private readonly UInt128 _value;

    private ManifestId(UInt128 value) => _value = value;

    public static ManifestId New(IRandomSource random) => FromBytes(random.Bytes(16));

    /// <exception cref="ProtocolException">not 16 bytes</exception>
    public static ManifestId FromBytes(ReadOnlySpan<byte> bytes) => new(Id128.Read(bytes, "manifest id"));

    /// <exception cref="ProtocolException">not 32 hex digits</exception>
    public static ManifestId Parse(string text) => new(Id128.Parse(text, "manifest id"));

    public static bool TryParse(string? text, out ManifestId id)
    {
        var parsed = Id128.TryParse(text, out var value);
        id = new ManifestId(value);
        return parsed;
    }

    public byte[] ToBytes() => Id128.Bytes(_value);

    public override string ToString() => Id128.Text(_value);
}
