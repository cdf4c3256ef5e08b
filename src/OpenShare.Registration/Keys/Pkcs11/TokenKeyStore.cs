using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys.Pkcs11;

/// <summary>Keys in a PKCS#11 token (an HSM): made there, and never outside of it.</summary>
internal sealed class TokenKeyStore(TokenUri uri, TimeProvider time) : ISigningKeyStore
{
    private const int IdSize = 16;

    private readonly TokenLink _link = new(uri, time);

    public string Place => uri.ToString();

    public bool HoldsKeys => _link.Use(token => OrganisationTrust.Roles.Any(role => token.Keys(role).Any()));

    public void CreateKeys(IRandomSource random)
    {
        if (HoldsKeys)
            throw new UserError($"{Place} has keys named {uri.Label}-… already: of another service, of one whose database was lost, or of a first run that was cut short. Name others with object=NAME, or delete them.");
        foreach (var role in OrganisationTrust.Roles)
            Add(role, random);
    }

    public ISigner Add(TrustKey.Types.Role role, IRandomSource random)
    {
        var id = random.Bytes(IdSize);
        return Signer(_link.Use(token => token.Add(role, id)));
    }

    public void Remove(TrustKey.Types.Role role, PublicKey key, IReadOnlyCollection<PublicKey> needed, IRandomSource random) => _link.Use(token => token.Remove(key));

    public IReadOnlyList<ISigner> Signers(TrustKey.Types.Role role) => [.. _link.Use(token => token.Keys(role).ToList()).Select(Signer)];

    public void Dispose() => _link.Dispose();

    private RemoteSigner Signer(PublicKey key) => new(key, Place, data => _link.Use(token => token.Sign(key, data)));
}
