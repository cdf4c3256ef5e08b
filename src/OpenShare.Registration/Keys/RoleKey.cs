using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys;

/// <summary>A signing key and what it is for.</summary>
internal sealed record RoleKey(TrustKey.Types.Role Role, SigningKey Key)
{
    /// <summary>One key for each role of a trust root.</summary>
    public static IReadOnlyList<RoleKey> CreateSet(IRandomSource random) =>
    [
        new(TrustKey.Types.Role.Root, SigningKey.Create(random)),
        new(TrustKey.Types.Role.Issuing, SigningKey.Create(random)),
        new(TrustKey.Types.Role.Crl, SigningKey.Create(random)),
    ];
}
