using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys;

/// <summary>The organisation's keys as they are now: what everybody may know of them, and what of them this service signs with.</summary>
internal sealed class OrganisationTrust(ISigningKeyStore keys, TimeProvider time)
{
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
        FindSigner(role) ?? throw new UserError($"None of the signing keys here is one that the trust root lists as valid now for the role {Name(role)}. Check the clock, or restore the signing keys that belong to this data directory.");

    public ISigner? FindSigner(TrustKey.Types.Role role)
    {
        var now = time.GetUtcNow();
        return keys.Signers(role).LastOrDefault(s => Newest.Keys.Any(k => k.Role == role && k.Key.Equals(s.PublicKey) && k.NotBefore <= now && now <= k.NotAfter));
    }

    /// <summary>As commands and the audit log name a role.</summary>
    public static string Name(TrustKey.Types.Role role) => role.ToString().ToLowerInvariant();
}
