using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Http;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Keys;

/// <summary>The organisation's trust roots, as they are stored: the first is made with the first keys, each further one by a rotation.</summary>
internal static class TrustRoots
{
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(3653);

    /// <summary>Until when a key that is made now is good.</summary>
    public static DateTimeOffset EndOfKey(DateTimeOffset now) => now + KeyLifetime;

    /// <returns>why no version may follow this one by this clock, before a key is made for it; null: one may</returns>
    public static Refusal? RefuseClock(TrustRoot before, DateTimeOffset now) => now >= before.IssuedAt ? null : JsonBody.Malformed(
        $"By this machine's clock it is {now:u}, and the newest trust root is of {before.IssuedAt:u}: devices would refuse the next one. Set the clock.");

    /// <summary>All of them, oldest first.</summary>
    public static async Task<IReadOnlyList<TrustRoot>> ReadAllAsync(RegistrationDb db, CancellationToken cancel)
    {
        var roots = new List<TrustRoot>();
        await foreach (var row in db.TrustRoots.AsNoTracking().OrderBy(t => t.Version).AsAsyncEnumerable().WithCancellation(cancel))
        {
            var link = TrustRootLink.Parser.ParseFrom(row.Link);
            roots.Add(roots.Count == 0 ? TrustRoot.Read(link) : roots[^1].Follow(link));
        }
        return roots;
    }

    /// <returns>the newest of them, or null before the first run</returns>
    public static async Task<TrustChain?> ReadChainAsync(RegistrationDb db, CancellationToken cancel) =>
        await ReadAllAsync(db, cancel) is { Count: > 0 } roots ? TrustChain.Read([.. roots.Select(r => r.Link)]) : null;

    /// <summary>What the next of them is to list, where root keys elsewhere are asked to sign it.</summary>
    public static async Task<IReadOnlyList<TrustedKey>> ReadPendingAsync(RegistrationDb db, CancellationToken cancel) =>
        // Another one may have taken its number since.
        await db.RootRequests.AsNoTracking().SingleOrDefaultAsync(r => r.Version > db.TrustRoots.Max(t => t.Version), cancel) is { } request
            ? TrustRootDraft.Read(TrustRootLink.Parser.ParseFrom(request.Next)).Keys
            : [];

    /// <inheritdoc cref="ReadChainAsync"/>
    public static Task<TrustChain?> ReadAsync(Store store, CancellationToken cancel) => store.ReadAsync(db => ReadChainAsync(db, cancel));

    /// <summary>The stored ones; on the first run the keys and the trust root are made.</summary>
    public static async Task OpenOrCreateAsync(
        OrganisationTrust trust, Store store, ISigningKeyStore keys, IRandomSource random, DateTimeOffset now, CancellationToken cancel)
    {
        // In one transaction: of instances that start together the first makes them.
        var outcome = await store.WriteAsync<TrustChain>(async db =>
        {
            var stored = await ReadChainAsync(db, cancel);
            if (stored is null)
                keys.CreateKeys(random);
            // Keys that vanished are never replaced: every device would refuse what new ones sign.
            else if (!keys.HoldsKeys)
                throw new UserError($"The signing keys of this service are missing from {keys.Place}. Restore them from a backup, or take them from where the other instances have them.");
            return stored ?? TrustChain.Of(Create(db, keys, now));
        }, cancel);
        trust.Set(((Outcome<TrustChain>.Done)outcome).Value);
        // Both, before anything is served: found out later, a revocation would be refused.
        trust.SignerFor(TrustKey.Types.Role.Issuing);
        trust.SignerFor(TrustKey.Types.Role.Crl);
    }

    private static TrustRoot Create(RegistrationDb db, ISigningKeyStore keys, DateTimeOffset now)
    {
        var root = TrustRoot.Create(
            keys.Signers(TrustKey.Types.Role.Root)[^1],
            keys.Signers(TrustKey.Types.Role.Issuing)[^1].PublicKey,
            keys.Signers(TrustKey.Types.Role.Crl)[^1].PublicKey,
            now, EndOfKey(now));
        db.TrustRoots.Add(new TrustRootRow { Version = root.Version, Link = root.Link.ToByteArray() });
        return root;
    }
}
