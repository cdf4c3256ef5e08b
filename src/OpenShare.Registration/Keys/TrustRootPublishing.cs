using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Revocation;
using OpenShare.Registration.Storage;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Keys;

/// <summary>Stores the next version of the trust root and what goes with it, in one transaction, and shows it to everybody.</summary>
internal sealed class TrustRootPublishing(
    Store store, ISigningKeyStore keys, OrganisationTrust trust, RevocationLists lists, AuditLog audit, WithdrawnRoots withdrawn)
{
    /// <param name="make">the next version, signed, and what it changes; it is asked for when the newest one is read and nobody else writes</param>
    public async Task<Outcome<KeyRotated>> PublishAsync(
        Func<RegistrationDb, Task<Outcome<(TrustRoot Root, KeyChange Change)>>> make, Caller by, CancellationToken cancel)
    {
        (TrustChain Chain, PublishedList? List)? made = null;
        var outcome = await store.WriteAsync<KeyRotated>(async db =>
        {
            // Written one after another: each follows the version that the one before it stored.
            trust.Set(await TrustRoots.ReadChainAsync(db, cancel) ?? throw new InvalidOperationException("The trust root vanished."));
            return await (await make(db)).ThenAsync<KeyRotated>(async next =>
            {
                var (root, change) = next;
                db.TrustRoots.Add(new TrustRootRow { Version = root.Version, Link = root.Link.ToByteArray() });
                var rotated = new KeyRotated(
                    OrganisationTrust.Name(change.Role), change.Added.KeyId, change.Replaced.KeyId, change.IsWithdrawal, root.Version);
                await audit.AddAsync(db, new AuditAct.KeyRotated(rotated.Role, rotated.KeyId, rotated.Replaced, rotated.Withdrawn, rotated.TrustRootVersion), by, cancel);
                var list = change.Role == TrustKey.Types.Role.Crl ? await lists.SignAnewAsync(db, keys.Signers(change.Role).First(s => s.PublicKey.Equals(change.Added)), cancel) : null;
                made = (trust.Chain.Follow([root.Link]), list);
                return rotated;
            });
        }, cancel);
        if (made is not { } stored)
            return outcome;
        trust.Set(stored.Chain);
        lists.Publish(stored.List);
        // It is published: whoever asked for it may be gone by now.
        var left = await withdrawn.RemoveAsync(CancellationToken.None);
        return outcome.Then<KeyRotated>(rotated => rotated with { NotRemoved = left });
    }
}
