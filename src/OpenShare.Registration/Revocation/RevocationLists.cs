using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Http;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Revocation;

/// <summary>
/// Revoking devices, and signing the list that says so. A version is drawn, signed and stored in one transaction, and with
/// it the next discovery key of the account, whose devices are no longer to be found by one that is revoked.
/// </summary>
internal sealed class RevocationLists(
    Store store, OrganisationTrust trust, AccountKeys accountKeys, AuditLog audit, Publisher publisher, TimeProvider time, TimeSpan lifetime)
{
    /// <summary>Characters of a reason.</summary>
    public const int MaxReason = 200;

    /// <summary>Publishes the stored list; the first time, version 1, which names nobody.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        Publish(await store.WriteAsync<PublishedList>(async db => await StoredAsync(db, cancel) ?? await SignNextAsync(db, cancel), cancel));
        await RenewAsync(cancel);
    }

    /// <summary>The newest list as it is stored, which may be another instance's.</summary>
    public Task<PublishedList?> ReadAsync(CancellationToken cancel) => store.ReadAsync(db => StoredAsync(db, cancel));

    /// <summary>Signs the list of the same version anew once half of its life is over.</summary>
    public async Task RenewAsync(CancellationToken cancel)
    {
        if (time.GetUtcNow() < publisher.Current.RenewAt)
            return;
        Publish(await store.WriteAsync<PublishedList>(async db =>
            // Another instance of the service may have been faster.
            await StoredAsync(db, cancel) is { } stored && time.GetUtcNow() < stored.RenewAt
                ? stored
                : await SignAnewAsync(db, trust.SignerFor(TrustKey.Types.Role.Crl), cancel), cancel));
    }

    /// <summary>The list of the same version, signed now by this key, as part of its caller's transaction.</summary>
    public async Task<PublishedList> SignAnewAsync(RegistrationDb db, ISigner signer, CancellationToken cancel)
    {
        var row = await NewestAsync(db, cancel) ?? throw new InvalidOperationException("The revocation list vanished.");
        // Of one version the later list counts, in whole seconds: it must not be as old as the one before.
        var (now, next) = (time.GetUtcNow(), Read(row).IssuedAt.AddSeconds(1));
        var list = Sign(signer, (ulong)row.Version, now > next ? now : next, await RevokedAsync(db, cancel), await IdsAsync(db, cancel));
        row.Signed = list.Blob.ToByteArray();
        return new PublishedList(list);
    }

    /// <summary>What was signed in a transaction that has committed.</summary>
    /// <param name="list">null: nothing was</param>
    public void Publish(PublishedList? list)
    {
        if (list is not null)
            publisher.Publish(list);
    }

    /// <summary>Revokes a device. Revoking it again changes nothing and is no error.</summary>
    /// <param name="isPaired">it may be one that was paired, and is not registered</param>
    public async Task<Outcome<RegistrationMessages.RevokeResponse>> RevokeAsync(DeviceId id, string? reason, bool isPaired, Caller by, CancellationToken cancel)
    {
        if (reason is { Length: > MaxReason })
            return JsonBody.Malformed($"A reason is at most {MaxReason} characters.");
        var outcome = await store.WriteAsync<PublishedList>(async db =>
        {
            var device = await db.DeviceReads.FindAsync(id.ToString(), cancel);
            if (device is null)
            {
                return isPaired
                    ? await RevokeUnregisteredAsync(db, id, reason, by, cancel)
                    : new Refusal(RegistrationProblems.DeviceUnknown, $"The device {id} is not registered here.");
            }
            if (device.RevokedAt is not null && await StoredAsync(db, cancel) is { } stored)
                return stored;
            device.RevokedAt = time.GetUtcNow();
            device.RevokeReason = ReasonOf(reason);
            var list = await SignNextAsync(db, cancel, device);
            await audit.AddAsync(db, new AuditAct.DeviceRevoked(
                device.Account, device.DeviceId, device.Name, device.DeviceNo, (long)list.List.Version, device.RevokeReason), by, cancel);
            accountKeys.Renew(await db.AccountAsync(device.Account, cancel), list.List.Version);
            return list;
        }, cancel);
        Publish(outcome);
        return outcome.Then<RegistrationMessages.RevokeResponse>(list => new RegistrationMessages.RevokeResponse(list.List.Version));
    }

    // It has no number, and the service does not know of which account it is: its sponsor's devices keep their discovery key.
    private async Task<Outcome<PublishedList>> RevokeUnregisteredAsync(RegistrationDb db, DeviceId id, string? reason, Caller by, CancellationToken cancel)
    {
        if (await db.DeviceReads.IsRevokedAsync(id.ToString(), cancel) && await StoredAsync(db, cancel) is { } stored)
            return stored;
        db.RevokedIds.Add(new RevokedIdRow { DeviceId = id.ToString(), RevokedAt = time.GetUtcNow() });
        var list = await SignNextAsync(db, cancel);
        await audit.AddAsync(db, new AuditAct.DeviceRevoked("", id.ToString(), "", 0, (long)list.List.Version, ReasonOf(reason)), by, cancel);
        return list;
    }

    internal static string? ReasonOf(string? reason) => string.IsNullOrWhiteSpace(reason) ? null : Printable.Shorten(reason, MaxReason);

    private void Publish(Outcome<PublishedList> outcome)
    {
        if (outcome is Outcome<PublishedList>.Done done)
            Publish(done.Value);
    }

    private async Task<PublishedList> SignNextAsync(RegistrationDb db, CancellationToken cancel, DeviceRow? newlyRevoked = null)
    {
        var version = await db.NextAsync(CounterRow.RevocationList, cancel);
        newlyRevoked?.RevokedInVersion = version;
        await db.SaveChangesAsync(cancel);
        var list = Sign(trust.SignerFor(TrustKey.Types.Role.Crl), (ulong)version, time.GetUtcNow(), await KeepShortAsync(db, cancel) is { } before
            ? newlyRevoked is null ? before : [.. before, (ulong)newlyRevoked.DeviceNo]
            : await RevokedAsync(db, cancel), await IdsAsync(db, cancel));
        db.RevocationLists.Add(new RevocationListRow { Version = version, Signed = list.Blob.ToByteArray() });
        return new PublishedList(list);
    }

    /// <summary>Keeps of the list that is followed by another what makes deltas to it.</summary>
    /// <returns>whom it names; null where that is not told by the numbers</returns>
    private async Task<ulong[]?> KeepShortAsync(RegistrationDb db, CancellationToken cancel)
    {
        if (await NewestAsync(db, cancel) is not { } row)
            return null;
        var list = Read(row);
        if (list.IsOfNumbers)
            row.Signed = RevocationDelta.WithoutNumbers(list).ToByteArray();
        else
            db.RevocationLists.Remove(row);
        return list.IsOfNumbers ? list.Numbers.ToArray() : null;
    }

    private RevocationList Sign(ISigner signer, ulong version, DateTimeOffset now, IEnumerable<ulong> revoked, IEnumerable<DeviceId> ids) =>
        RevocationList.Create(signer, version, now, now + lifetime, revoked, ids);

    private async Task<IEnumerable<DeviceId>> IdsAsync(RegistrationDb db, CancellationToken cancel)
    {
        // As long as what a sponsor gave such a device before may count for anything.
        var old = time.GetUtcNow() - EndorsementAdmission.OfNoUseAfter;
        await db.RevokedIds.Where(r => r.RevokedAt < old).ExecuteDeleteAsync(cancel);
        return (await db.RevokedIds.OrderBy(r => r.DeviceId).Select(r => r.DeviceId).ToListAsync(cancel)).Select(DeviceId.Parse);
    }

    private static async Task<IEnumerable<ulong>> RevokedAsync(RegistrationDb db, CancellationToken cancel) =>
        (await db.Devices.Where(d => d.RevokedInVersion != null).Select(d => d.DeviceNo).ToListAsync(cancel)).Select(number => (ulong)number);

    private async Task<PublishedList?> StoredAsync(RegistrationDb db, CancellationToken cancel) =>
        await NewestAsync(db, cancel) is { } row ? new PublishedList(Read(row)) : null;

    private RevocationList Read(RevocationListRow row) => RevocationList.Read(Signed.Parser.ParseFrom(row.Signed), trust.Newest);

    private static Task<RevocationListRow?> NewestAsync(RegistrationDb db, CancellationToken cancel) =>
        db.RevocationLists.OrderByDescending(l => l.Version).FirstOrDefaultAsync(cancel);
}
