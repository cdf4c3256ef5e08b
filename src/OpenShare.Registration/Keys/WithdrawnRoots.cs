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

    /// <summary>Those that are here still, of the versions of the trust root that are kept.</summary>
    public IReadOnlyList<TrustedKey> Held() =>
        [.. Unlisted().Select(key => trust.Chain.Roots.SelectMany(r => r.Keys).LastOrDefault(k => k.Key.Equals(key))).OfType<TrustedKey>()];

    /// <returns>what could not be removed, for a person; null: all is gone</returns>
    public async Task<string?> RemoveAsync(CancellationToken cancel)
    {
        try
        {
            if (Unlisted().Count > 0)
                await store.WriteAsync<bool>(db => RemoveAsync(db, cancel), cancel);
            return null;
        }
        catch (UserError error)
        {
            return $"A root key that is withdrawn could not be removed: {error.Message} Remove it there: devices that were off still believe it.";
        }
    }

    // As the one writer, so that no root key is about to be listed but the one that a request waits for. One that no version ever listed,
    // since its rotation was cut short, is none that anybody believes: it is let be.
    private async Task<Outcome<bool>> RemoveAsync(RegistrationDb db, CancellationToken cancel)
    {
        var roots = await TrustRoots.ReadAllAsync(db, cancel);
        var needed = roots[^1].Keys.Concat(await TrustRoots.ReadPendingAsync(db, cancel)).Select(k => k.Key).ToHashSet();
        var withdrawn = roots.SelectMany(r => r.Keys).Select(k => k.Key).Where(k => !needed.Contains(k)).ToHashSet();
        foreach (var key in Unlisted().Where(withdrawn.Contains))
            keys.Remove(Root, key, needed, random);
        return true;
    }

    private List<PublicKey> Unlisted() => [.. keys.Signers(Root).Select(s => s.PublicKey).Where(key => trust.Newest.Keys.All(k => !k.Key.Equals(key)))];
}
