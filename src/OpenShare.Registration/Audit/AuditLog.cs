using System.Text.Json;
using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Audit;

/// <summary>Writes the audit log, each line in the transaction of what it tells of: both happen, or neither.</summary>
internal sealed class AuditLog(OrganisationTrust trust, TimeProvider time)
{
    /// <summary>The first line, where there is none: what the service did before it had a log is said there.</summary>
    public async Task BeginAsync(Store store, CancellationToken cancel)
    {
        if (await store.ReadAsync(db => db.AuditLines.AnyAsync(cancel)))
            return;
        await store.WriteAsync<bool>(async db =>
        {
            // Another instance of the service may have been faster.
            if (await db.AuditLines.AnyAsync(cancel))
                return false;
            await AddAsync(db, new AuditAct.LogBegan(
                await db.CurrentAsync(CounterRow.Serial, cancel), await db.CurrentAsync(CounterRow.RevocationList, cancel), trust.Newest.Version), cancel);
            return true;
        }, cancel);
    }

    /// <summary>What the service does by itself, or at a device's request.</summary>
    public Task AddAsync(RegistrationDb db, AuditAct act, CancellationToken cancel) => AddAsync(db, act, by: null, cancel);

    public async Task AddAsync(RegistrationDb db, AuditAct act, Actor? by, CancellationToken cancel)
    {
        // Drawing the number takes the counter's lock: the line before is committed, and no other can come between.
        var number = await db.NextAsync(CounterRow.AuditLine, cancel);
        var previous = number == 1 ? null : await db.AuditLines.FindAsync([number - 1], cancel);
        var line = new AuditLine(number, time.GetUtcNow(), previous is null ? "" : AuditLine.HashOf(previous.Signed), act, by?.Name);
        db.Acts.Add(JsonNamingPolicy.SnakeCaseLower.ConvertName(act.GetType().Name));
        db.AuditLines.Add(new AuditLineRow { Number = number, Signed = line.Sign(trust.SignerFor(AuditLine.Signer)).ToByteArray() });
    }
}
