using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Http;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Keys;

/// <summary>
/// A new key for a role, and the next version of the trust root that lists it. Devices follow by themselves. The key before it is
/// kept for what it signed; or it is withdrawn, and nothing that it signed counts any more.
/// </summary>
internal sealed class KeyRotation(
    ISigningKeyStore keys, OrganisationTrust trust, TrustRootPublishing publishing, WithdrawnRoots withdrawn, IRandomSource random, TimeProvider time)
{
    /// <summary>The keys that the newest trust root lists, and root keys that should be here no more.</summary>
    public KeyList List() => new(trust.Newest.Version, [
        .. trust.Newest.Keys.Select(k => Show(k, k.Key.Equals(trust.FindSigner(k.Role)?.PublicKey))),
        .. withdrawn.Held().Select(k => Show(k, signs: false) with { State = "withdrawn" }),
    ]);

    public Task<Outcome<KeyRotated>> RotateAsync(RotateKey request, Caller by, CancellationToken cancel) =>
        publishing.PublishAsync(_ => Task.FromResult(Next(request)), by, cancel);

    private Outcome<(TrustRoot, KeyChange)> Next(RotateKey request)
    {
        var (now, before) = (time.GetUtcNow(), trust.Newest);
        if (OrganisationTrust.FindRole(request.Role) is not { } role)
            return JsonBody.Malformed("The role is issuing, crl or root.");
        if (TrustRoots.RefuseClock(before, now) is { } behind)
            return behind;
        if (trust.FindSigner(TrustKey.Types.Role.Root) is not { } root)
            return new Refusal(RegistrationProblems.RootOffline, $"The root key is kept offline: none that version {before.Version} of the organisation's keys lists is in {keys.Place}. Have it sign: `key rotate --role {request.Role} --request FILE` here, `root sign FILE` where it is, `key rotate --install FILE.signed` here.");
        if (before.Keys.Count >= Limits.TrustKeys)
            return JsonBody.Malformed($"A trust root lists at most {Limits.TrustKeys} keys. Withdraw one.");
        var replaced = trust.SignerFor(role).PublicKey;
        // On disk before anything says that it exists. If this is cut short here, it is listed nowhere and signs nothing.
        var added = keys.Add(role, random);
        var change = new KeyChange(role, added.PublicKey, replaced, request.Withdraw);
        // What is under way is still signed by the key before.
        var listed = change.AppliedTo(before, now, lastUse: now + ClockSkew.Allowed);
        return (before.Succeed(listed, role == TrustKey.Types.Role.Root ? [root, added] : [root], now), change);
    }

    private Key Show(TrustedKey key, bool signs)
    {
        var place = keys.PlaceOf(key.Role, key.Key);
        var state = signs ? "signs" : place is not null ? "kept" : key.Role == TrustKey.Types.Role.Root ? "offline" : "elsewhere";
        return new Key(OrganisationTrust.Name(key.Role), key.Key.KeyId, key.NotBefore, key.NotAfter, state, place);
    }
}
