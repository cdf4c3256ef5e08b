using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Keys;

/// <summary>
/// A root key that is withdrawn leaves the service's keys: a device that has not heard of that yet would believe the next trust
/// root that it signs, and so whoever comes by it.
/// </summary>
internal sealed class WithdrawnRoots(Store store, ISigningKeyStore keys, OrganisationTrust trust, IRandomSource random)
{
    private const TrustKey.Types.Role Root = TrustKey.Types.Role.Root;

    /// <summary>Those that are here still. A key that no trust root has listed is none of them: it may be about to be.</summary>
    public IReadOnlyList<PublicKey> Held()
    {
        var before = trust.Chain.Roots.SelectMany(r => r.Keys).Select(k => k.Key).ToHashSet();
        before.ExceptWith(trust.Newest.Keys.Select(k => k.Key));
        return before.Count == 0 ? [] : [.. keys.Signers(Root).Select(s => s.PublicKey).Where(before.Contains)];
    }

    /// <returns>what could not be removed, for a person; null: all is gone</returns>
    public async Task<string?> RemoveAsync(CancellationToken cancel)
    {
        try
        {
            if (Held().Count > 0)
            {
                // As the one writer: another instance may be adding a key to a file that they share.
                await store.WriteAsync<bool>(_ =>
                {
                    foreach (var key in Held())
                        keys.Remove(Root, key, random);
                    return Task.FromResult<Outcome<bool>>(true);
                }, cancel);
            }
            return null;
        }
        catch (UserError error)
        {
            return $"A root key that is withdrawn could not be removed: {error.Message} Remove it there: devices that were off still believe it.";
        }
    }
}
