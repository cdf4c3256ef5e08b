using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Keys;

/// <summary>The organisation's trust root: made once, with the first keys, and kept.</summary>
internal static class TrustRoots
{
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(3653);

    /// <returns>the newest one, or null before the first run</returns>
    public static async Task<TrustRoot?> ReadNewestAsync(Store store, CancellationToken cancel)
    {
        var row = await store.ReadAsync(db => db.TrustRoots.OrderByDescending(t => t.Version).FirstOrDefaultAsync(cancel));
        return row is null ? null : TrustRoot.Read(TrustRootLink.Parser.ParseFrom(row.Link));
    }

    /// <summary>The stored one; on the first run the keys and the trust root are made.</summary>
    public static async Task<TrustRoot> OpenOrCreateAsync(
        Store store, ISigningKeyStore keys, IRandomSource random, DateTimeOffset now, CancellationToken cancel)
    {
        var stored = await ReadNewestAsync(store, cancel);
        // Keys that vanished are never replaced: every device would refuse what new ones sign.
        if (!keys.HoldsKeys && stored is not null)
            throw new UserError("The signing keys of this service are missing from its data directory. Restore signing-keys.json from a backup.");
        if (!keys.HoldsKeys)
            keys.CreateKeys(random);
        var issuing = keys.SignerFor(TrustKey.Types.Role.Issuing);
        if (stored is null)
            return await CreateAsync(store, keys, now, cancel);
        var probe = SignedBlobs.Sign(issuing, SignatureContext.TlsEndpoint, new byte[1]);
        return stored.Vouches(TrustKey.Types.Role.Issuing, probe, SignatureContext.TlsEndpoint, now)
            ? stored
            : throw new UserError("The issuing key in signing-keys.json is not one this service's trust root lists as valid now. Check the clock, or restore the file that belongs to this data directory.");
    }

    private static async Task<TrustRoot> CreateAsync(Store store, ISigningKeyStore keys, DateTimeOffset now, CancellationToken cancel)
    {
        var root = TrustRoot.Create(
            keys.SignerFor(TrustKey.Types.Role.Root),
            keys.SignerFor(TrustKey.Types.Role.Issuing).PublicKey,
            keys.SignerFor(TrustKey.Types.Role.Crl).PublicKey,
            now, now + KeyLifetime);
        await store.WriteAsync<TrustRoot>(db =>
        {
            db.TrustRoots.Add(new TrustRootRow { Version = root.Version, Link = root.Link.ToByteArray() });
            return Task.FromResult<Outcome<TrustRoot>>(root);
        }, cancel);
        return root;
    }
}
