using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Http;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Revocation;
using OpenShare.Registration.Storage;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Issuing;

/// <summary>
/// What administrators say to paired devices that wait. A yes is to one endorsement, and gives nothing yet: what holds for it then holds again when the device comes for
/// its certificate.
/// </summary>
internal sealed class Promotions(Store store, OrganisationTrust trust, RegistrationRules rules, AuditLog audit, TimeProvider time)
{
    /// <summary>Those that have waited longest first.</summary>
    public Task<PromotionList> ListAsync(AccountId? account, CancellationToken cancel) => store.ReadAsync(async db =>
    {
        var name = account?.Value;
        var rows = await PromotionQueue.Live(db, time.GetUtcNow()).Where(p => name == null || p.Account == name)
            .Join(db.Devices, p => p.SponsorNo, d => d.DeviceNo, (p, d) => new { p.DeviceId, p.Account, p.Name, Sponsor = d.DeviceId, SponsorName = d.Name, p.AskedAt, p.ExpiresAt, p.AdmittedAt })
            .OrderBy(p => p.AskedAt).ThenBy(p => p.DeviceId).ToListAsync(cancel);
        return new PromotionList([.. rows.Select(p => new Promotion(
            p.DeviceId, p.Account, p.Name, p.Sponsor, p.SponsorName, p.AskedAt, p.ExpiresAt, p.AdmittedAt is null ? "waiting" : "admitted"))]);
    });

    /// <summary>Admitting one again changes nothing and is no error.</summary>
    /// <param name="which">an id, a unique start of one, or a name</param>
    public Task<Outcome<Promoted>> AdmitAsync(string which, AdmitDevice request, Caller by, CancellationToken cancel) =>
        store.WriteAsync(async db => await (await FindAsync(db, which, request.AccountId, cancel)).ThenAsync<Promoted>(async row =>
        {
            var endorsement = Endorsement(row);
            if (await ObjectionAsync(db, row, endorsement, cancel) is { } objection)
                return objection;
            if (row.AdmittedAt is null)
            {
                row.AdmittedAt = time.GetUtcNow();
                await audit.AddAsync(db, new AuditAct.PromotionAdmitted(row.Account, row.DeviceId, row.Name, SponsorOf(endorsement)), by, cancel);
            }
            return new Promoted(row.DeviceId, row.Account, row.Name, SponsorOf(endorsement));
        }), cancel);

    /// <summary>Whatever this device is paired with anew is another matter.</summary>
    public Task<Outcome<Promoted>> TurnAwayAsync(string which, TurnAway request, Caller by, CancellationToken cancel)
    {
        if (request.Reason is { Length: > RevocationLists.MaxReason })
            return Task.FromResult<Outcome<Promoted>>(JsonBody.Malformed($"A reason is at most {RevocationLists.MaxReason} characters."));
        return store.WriteAsync(async db => await (await FindAsync(db, which, request.AccountId, cancel)).ThenAsync<Promoted>(async row =>
        {
            var (now, reason, sponsor) = (time.GetUtcNow(), RevocationLists.ReasonOf(request.Reason), SponsorOf(Endorsement(row)));
            var old = now - EndorsementAdmission.OfNoUseAfter;
            await db.Endorsements.Where(e => e.TurnedAwayAt < old).ExecuteDeleteAsync(cancel);
            db.Promotions.Remove(row);
            db.Endorsements.Add(new EndorsementRow { Hash = row.Hash, SponsorNo = row.SponsorNo, TurnedAwayAt = now, TurnedAwayReason = reason });
            await audit.AddAsync(db, new AuditAct.PromotionTurnedAway(row.Account, row.DeviceId, row.Name, sponsor, reason), by, cancel);
            return new Promoted(row.DeviceId, row.Account, row.Name, sponsor);
        }), cancel);
    }

    private async Task<Refusal?> ObjectionAsync(RegistrationDb db, PromotionRow row, DeviceCertificate endorsement, CancellationToken cancel)
    {
        var claim = new DeviceClaim(endorsement.DeviceId, endorsement.Account, endorsement.PublicKey, new DeviceDescription(row.Name, "", ""));
        var admission = new EndorsementAdmission(endorsement, endorsement.Sponsor!, trust, time, isAsked: true);
        return await admission.ObjectionAsync(db, claim, cancel)
            ?? await RegistrationRules.ObjectionAsync(db, claim, cancel)
            ?? await rules.ShortageAsync(db, claim, admission, time.GetUtcNow(), cancel);
    }

    private static async Task<Outcome<PromotionRow>> FindAsync(RegistrationDb db, string which, string? account, CancellationToken cancel)
    {
        var (id, all) = (which.ToLowerInvariant(), db.Promotions.Where(p => account == null || p.Account == account));
        // An exact id always means its device, whatever others are named.
        var found = await all.Where(p => p.DeviceId == id).Take(20).ToListAsync(cancel);
        if (found.Count == 0 && which.Length > 0)
            found = await all.Where(p => p.Name == which || p.DeviceId.StartsWith(id)).Take(20).ToListAsync(cancel);
        return found switch
        {
            [var one] => one,
            [] => new Refusal(RegistrationProblems.DeviceUnknown, $"No device that waits has the name or id '{Printable.Shorten(which, 80)}'. `openshare-server device waiting` shows all."),
            _ => new Refusal(RegistrationProblems.DeviceUnknown, $"'{Printable.Shorten(which, 80)}' fits several that wait: {string.Join(", ", found.Select(p => $"{p.Name} ({p.DeviceId}) of {p.Account}"))}. Name one by its id, and its account with --account."),
        };
    }

    private static DeviceCertificate Endorsement(PromotionRow row) => DeviceCertificate.Read(SignedBlobs.Parse(row.Endorsement, "endorsement"));

    private static string SponsorOf(DeviceCertificate endorsement) => endorsement.Sponsor!.DeviceId.ToString();
}
