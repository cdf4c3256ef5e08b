using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Channel;

/// <summary>128 bits derived in the handshake: names the session that further streams join.</summary>
public readonly record struct SessionId
{
    private readonly UInt128 _value;

    private SessionId(UInt128 value) => _value = value;

    public static SessionId New(IRandomSource random) => FromBytes(random.Bytes(16));

    /// <exception cref="ProtocolException">not 16 bytes</exception>
    public static SessionId FromBytes(ReadOnlySpan<byte> bytes) => new(Id128.Read(bytes, "session id"));

    /// <exception cref="ProtocolException">not 32 hex digits</exception>
    public static SessionId Parse(string text) => new(Id128.Parse(text, "session id"));

    public static bool TryParse(string? text, out SessionId id)
    {
        var parsed = Id128.TryParse(text, out var value);
        id = new SessionId(value);
        return parsed;
    }

    public byte[] ToBytes() => Id128.Bytes(_value);

    public override string ToString() => Id128.Text(_value);
}
