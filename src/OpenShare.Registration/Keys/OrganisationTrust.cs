using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys;

/// <summary>The organisation's keys as they are now: what everybody may know of them, and what of them this service signs with.</summary>
internal sealed class OrganisationTrust(ISigningKeyStore keys, TimeProvider time)
{
    /// <summary>What a trust root has a key for.</summary>
    public static readonly IReadOnlyList<TrustKey.Types.Role> Roles = [TrustKey.Types.Role.Root, TrustKey.Types.Role.Issuing, TrustKey.Types.Role.Crl];

    private readonly Lock _lock = new();
    private volatile TrustChain? _chain;

    /// <exception cref="InvalidOperationException">it was not read yet</exception>
    public TrustChain Chain => _chain ?? throw new InvalidOperationException("The trust root was not read.");

    public TrustRoot Newest => Chain.Newest;

    /// <summary>What is stored now. An older one changes nothing: two that were stored in order may be told of out of order.</summary>
    public void Set(TrustChain chain)
    {
        lock (_lock)
        {
            if (_chain is null || chain.Newest.Version > _chain.Newest.Version)
                _chain = chain;
        }
    }

    /// <summary>The newest key of this role that is listed and held here. A key that is not listed yet, since its rotation was cut short, signs nothing.</summary>
    /// <exception cref="UserError">there is none</exception>
    public ISigner SignerFor(TrustKey.Types.Role role) =>
        FindSigner(role) ?? throw new UserError($"None of the {Name(role)} keys in {keys.Place} is one that this service's trust root lists as valid now: it lists {Ids(Valid(role))}, and there are {Ids(keys.Signers(role).Select(s => s.PublicKey))}. Check the clock, or restore the keys that belong to this data directory.");

    public ISigner? FindSigner(TrustKey.Types.Role role)
    {
        var held = keys.Signers(role);
        var signer = Valid(role).Reverse().Select(key => held.FirstOrDefault(s => s.PublicKey.Equals(key))).FirstOrDefault(s => s is not null);
        return signer is null ? null : new TimedSigner(signer, Name(role));
    }

    /// <summary>As commands and the audit log name a role.</summary>
    public static string Name(TrustKey.Types.Role role) => role.ToString().ToLowerInvariant();

    /// <returns>null: there is no such role</returns>
    public static TrustKey.Types.Role? FindRole(string name) => Roles.Cast<TrustKey.Types.Role?>().FirstOrDefault(role => Name(role!.Value) == name);

    // A rotation lists the next key after the ones before it.
    private IEnumerable<PublicKey> Valid(TrustKey.Types.Role role)
    {
        var now = time.GetUtcNow();
        return Newest.Keys.Where(k => k.Role == role && k.NotBefore <= now && now <= k.NotAfter).Select(k => k.Key);
    }

    private static string Ids(IEnumerable<PublicKey> keys) => string.Join(", ", keys.Select(k => k.KeyId[..8])) is { Length: > 0 } ids ? ids : "none";
}
