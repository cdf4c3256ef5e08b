using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Identity;

/// <summary>A key of the organisation, what it may sign, and when: from and until, both included.</summary>
public sealed record TrustedKey(TrustKey.Types.Role Role, PublicKey Key, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    /// <summary>The same key for the same, whatever its times.</summary>
    public bool IsSameKeyAs(TrustedKey other) => Role == other.Role && Key.Equals(other.Key);

    /// <exception cref="ProtocolException">no Ed25519 key, or times that are none</exception>
    internal static TrustedKey Read(TrustKey entry) => new(
        entry.Role, PublicKey.FromBytes(entry.PubkeyEd25519.Span),
        UnixTime.Read(entry.NotBefore, "start of a key"), UnixTime.Read(entry.NotAfter, "end of a key"));

    internal TrustKey ToWire() => new()
    {
        Role = Role,
        PubkeyEd25519 = Google.Protobuf.ByteString.CopyFrom(Key.Bytes),
        NotBefore = NotBefore.ToUnixTimeSeconds(),
        NotAfter = NotAfter.ToUnixTimeSeconds(),
    };

    internal bool IsValidAt(DateTimeOffset time) => NotBefore <= time && time <= NotAfter;
}
