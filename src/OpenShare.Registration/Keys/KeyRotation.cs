using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Http;
using OpenShare.Registration.Revocation;
using OpenShare.Registration.Storage;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Keys;

/// <summary>
/// A new key for a role, and the next version of the trust root that lists it. Devices follow by themselves. The key before it is
/// kept for what it signed; or it is withdrawn, and nothing that it signed counts any more.
/// </summary>
internal sealed class KeyRotation(
    Store store, ISigningKeyStore keys, OrganisationTrust trust, RevocationLists lists, AuditLog audit, IRandomSource random, TimeProvider time)
{
    /// <summary>The keys that the newest trust root lists.</summary>
    public KeyList List() => new(trust.Newest.Version, [.. trust.Newest.Keys.Select(k =>
    {
        var place = keys.PlaceOf(k.Role, k.Key);
        var state = place is null ? "elsewhere" : k.Key.Equals(trust.FindSigner(k.Role)?.PublicKey) ? "signs" : "kept";
        return new Key(OrganisationTrust.Name(k.Role), k.Key.KeyId, k.NotBefore, k.NotAfter, state, place);
    })]);

    public async Task<Outcome<KeyRotated>> RotateAsync(RotateKey request, Caller by, CancellationToken cancel)
    {
        if (Role(request.Role) is not { } role)
            return JsonBody.Malformed("The role is issuing, crl or root.");
        (TrustChain Chain, PublishedList? List)? made = null;
        var outcome = await store.WriteAsync<KeyRotated>(async db =>
        {
            // Written one after another: each follows the version that the one before it stored.
            trust.Set(await TrustRoots.ReadChainAsync(db, cancel) ?? throw new InvalidOperationException("The trust root vanished."));
            var (now, before, replaced, root) = (time.GetUtcNow(), trust.Chain, trust.SignerFor(role), trust.SignerFor(TrustKey.Types.Role.Root));
            if (before.Newest.Keys.Count >= Limits.TrustKeys)
                return JsonBody.Malformed($"A trust root lists at most {Limits.TrustKeys} keys. Withdraw one.");
            // On disk before anything says that it exists. If this is cut short here, it is listed nowhere and signs nothing.
            var added = keys.Add(role, random);
            var next = before.Newest.Succeed(
                [.. before.Newest.Keys.SelectMany(k => After(k, role, replaced.PublicKey, request.Withdraw, now)), new TrustedKey(role, added.PublicKey, now - ClockSkew.Allowed, TrustRoots.EndOfKey(now))],
                role == TrustKey.Types.Role.Root ? [root, added] : [root], now);
            db.TrustRoots.Add(new TrustRootRow { Version = next.Version, Link = next.Link.ToByteArray() });
            var rotated = new KeyRotated(OrganisationTrust.Name(role), added.PublicKey.KeyId, replaced.PublicKey.KeyId, request.Withdraw, next.Version);
            await audit.AddAsync(db, new AuditAct.KeyRotated(rotated.Role, rotated.KeyId, rotated.Replaced, rotated.Withdrawn, rotated.TrustRootVersion), by, cancel);
            made = (before.Follow([next.Link]), role == TrustKey.Types.Role.Crl ? await lists.SignAnewAsync(db, added, cancel) : null);
            return rotated;
        }, cancel);
        if (made is { } stored)
        {
            trust.Set(stored.Chain);
            lists.Publish(stored.List);
        }
        return outcome;
    }

    // What is under way is still signed by the key before.
    private static IEnumerable<TrustedKey> After(TrustedKey key, TrustKey.Types.Role role, PublicKey replaced, bool withdraw, DateTimeOffset now) =>
        key.Role != role || !key.Key.Equals(replaced) ? [key]
        : withdraw ? []
        : [key with { NotAfter = Earlier(key.NotAfter, now + ClockSkew.Allowed) }];

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static TrustKey.Types.Role? Role(string name) => name switch
    {
        "issuing" => TrustKey.Types.Role.Issuing,
        "crl" => TrustKey.Types.Role.Crl,
        "root" => TrustKey.Types.Role.Root,
        _ => null,
    };
}
