using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Http;
using OpenShare.Registration.Storage;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Keys.Offline;

/// <summary>
/// A rotation whose root key is not at the service, or is to be there no more: what is to be signed is asked for, and installed when
/// it comes back signed. Of requests the last one alone is waited for.
/// </summary>
internal sealed class OfflineRotation(
    Store store, ISigningKeyStore keys, OrganisationTrust trust, TrustRootPublishing publishing, IRandomSource random, TimeProvider time)
{
    private const TrustKey.Types.Role Root = TrustKey.Types.Role.Root;

    public async Task<Outcome<RootRequestFile>> RequestAsync(RequestRotation request, CancellationToken cancel)
    {
        IReadOnlyList<TrustedKey> superseded = [];
        var outcome = await store.WriteAsync<RootRequestFile>(async db =>
        {
            trust.Set(await TrustRoots.ReadChainAsync(db, cancel) ?? throw new InvalidOperationException("The trust root vanished."));
            return await Draft(request).ThenAsync<RootRequestFile>(async asked =>
            {
                superseded = await TrustRoots.ReadPendingAsync(db, cancel);
                await db.RootRequests.ExecuteDeleteAsync(cancel);
                db.RootRequests.Add(new RootRequestRow { Version = asked.Next.Version, Next = asked.Next.Link.ToByteArray() });
                return asked.ToFile();
            });
        }, cancel);
        if (superseded.Count > 0 && outcome is Outcome<RootRequestFile>.Done)
            await DropAsync(superseded);
        return outcome;
    }

    public async Task<Outcome<KeyRotated>> InstallAsync(RootRequestFile answer, Caller by, CancellationToken cancel)
    {
        RootRequest answered;
        try
        {
            answered = answer.Open();
        }
        catch (ProtocolException error)
        {
            return JsonBody.Malformed(error.Message);
        }
        return await publishing.PublishAsync(async db =>
        {
            var row = await db.RootRequests.SingleOrDefaultAsync(cancel);
            var asked = row is null ? null : new RootRequest(trust.Newest, TrustRootDraft.Read(TrustRootLink.Parser.ParseFrom(row.Next)));
            var outcome = Finish(answered, asked);
            if (row is not null && outcome is Outcome<(TrustRoot, KeyChange)>.Done)
                db.RootRequests.Remove(row);
            return outcome;
        }, by, cancel);
    }

    private Outcome<RootRequest> Draft(RequestRotation request)
    {
        if (OrganisationTrust.FindRole(request.Role) is not { } role)
            return JsonBody.Malformed("The role is issuing, crl or root.");
        if (request.RootKey is not null && role != Root)
            return JsonBody.Malformed("Only a root key is made elsewhere: the service signs with the others.");
        if (request.RootKey is null && trust.FindSigner(Root) is not null)
            return JsonBody.Malformed($"The root key is in {keys.Place}, and signs by itself: leave --request out. To take it offline make one there with `root create`, and name that: --role root --root-key KEY.");
        return Key(request.RootKey).Then<RootRequest>(offline =>
        {
            var (now, before) = (time.GetUtcNow(), trust.Newest);
            if (before.Keys.Count >= Limits.TrustKeys)
                return JsonBody.Malformed($"A trust root lists at most {Limits.TrustKeys} keys. Withdraw one.");
            if (TrustRoots.RefuseClock(before, now) is { } behind)
                return behind;
            // A pending key: no trust root lists it, so it signs nothing.
            var added = offline ?? keys.Add(role, random).PublicKey;
            // A root key vouches for the next trust root alone, so that the one before is of no use to anybody honest.
            var change = new KeyChange(role, added, KeyChange.Newest(before, role), request.Withdraw || role == Root);
            // Till the answer is installed the key before goes on signing.
            return new RootRequest(before, before.Draft(change.AppliedTo(before, now, lastUse: now + RootRequest.Patience + ClockSkew.Allowed), now));
        });
    }

    private Outcome<(TrustRoot, KeyChange)> Finish(RootRequest answered, RootRequest? asked)
    {
        var newest = trust.Newest;
        if (answered.Next.Version <= newest.Version)
            return Refused($"It is for version {answered.Next.Version} of the organisation's keys, and version {newest.Version} is in force by now. Make another request.");
        if (asked is null || !answered.AsksForTheSameAs(asked))
            return Refused("It does not answer the last request of this service: it is for an earlier one or another service, or something in it was altered. Bring the answer to the last request, or make another.");
        if (time.GetUtcNow() > asked.AnswerBy)
            return Refused($"It was to be back by {asked.AnswerBy:u}. Make another request.");
        var change = KeyChange.Of(newest, asked.Next);
        if (change.Role != Root && keys.PlaceOf(change.Role, change.Added) is null)
            return Refused($"The {OrganisationTrust.Name(change.Role)} key {change.Added} that was made for this request is not in {keys.Place} any more. Make another request.");
        // Root keys that are here sign now, and not before it is known that the others have.
        var roots = asked.RootKeys.ToList();
        var signed = answered.Next.SignedOnlyBy(roots).SignedBy(keys.Signers(Root).Where(s => roots.Contains(s.PublicKey)));
        try
        {
            return (newest.Follow(signed.Link), change);
        }
        catch (ProtocolException error)
        {
            return Refused($"{error.Message} `root sign` signs it, where the root key is.");
        }
    }

    // Keys that were made for a request which nobody waits for any more. Once it is stored that nobody does; and as the one writer, since
    // other instances may write the same file.
    private async Task DropAsync(IReadOnlyList<TrustedKey> superseded)
    {
        try
        {
            await store.WriteAsync<bool>(async db =>
            {
                var listed = (await TrustRoots.ReadAllAsync(db, CancellationToken.None)).SelectMany(r => r.Keys);
                var needed = listed.Concat(await TrustRoots.ReadPendingAsync(db, CancellationToken.None)).Select(k => k.Key).ToHashSet();
                foreach (var key in superseded.Where(k => !needed.Contains(k.Key)))
                    keys.Remove(key.Role, key.Key, needed, random);
                return true;
            }, CancellationToken.None);
        }
        catch (UserError)
        {
            // It is listed nowhere, and signs nothing where it stays.
        }
    }

    // null where the service makes the key.
    private Outcome<PublicKey?> Key(string? text)
    {
        if (text is null)
            return new Outcome<PublicKey?>.Done(null);
        try
        {
            var key = PublicKey.FromBytes(Base64Url.Decode(text, "root key", PublicKey.Size));
            return trust.Newest.Keys.Any(k => k.Key.Equals(key)) ? JsonBody.Malformed($"The trust root lists the key {key} already.") : key;
        }
        catch (ProtocolException error)
        {
            return JsonBody.Malformed($"The root key is a public key as `root create` prints it: {error.Message}");
        }
    }

    private static Refusal Refused(string detail) => new(RegistrationProblems.AnswerRefused, detail);
}
