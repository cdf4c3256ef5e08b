using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Http;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>
/// What sponsors took back: nobody is registered for it any more. Any device may hand a withdrawal in, since the sponsor's signature says all there is to say.
/// </summary>
internal sealed class EndorsementWithdrawals(Store store, OrganisationTrust trust, AuditLog audit, AccountRate rate, TimeProvider time)
{
    public async Task<Outcome<RegistrationMessages.WithdrawResponse>> TakeAsync(RegistrationMessages.WithdrawRequest request, CancellationToken cancel)
    {
        try
        {
            var withdrawal = Withdrawal.Read(SignedBlobs.Parse(request.Withdrawal, "withdrawal"));
            if (!withdrawal.IsVerifiedBy(trust.Newest, withdrawal.Sponsor.Account, time.GetUtcNow()))
                return Refused("is not signed by a device of this organisation, or the certificate has ended");
            return rate.Take(withdrawal.Sponsor.Account) is { } tooMany ? tooMany : await store.WriteAsync(db => TakeAsync(db, withdrawal, cancel), cancel);
        }
        catch (ProtocolException error)
        {
            return JsonBody.Malformed(error.Message);
        }
    }

    private async Task<Outcome<RegistrationMessages.WithdrawResponse>> TakeAsync(RegistrationDb db, Withdrawal withdrawal, CancellationToken cancel)
    {
        var (sponsor, hash, now) = (withdrawal.Sponsor, Convert.FromHexString(withdrawal.Certificate.Sha256), time.GetUtcNow());
        // A revoked one's endorsements count for nothing as it is, and there is no end to what it could take back.
        if (await db.DeviceReads.FindAsync(sponsor, cancel) is not { RevokedAt: null } row)
            return Refused($"is of the device {sponsor.DeviceId}, which is not registered here, or was revoked");
        if (await db.Endorsements.FindAsync([hash, row.DeviceNo], cancel) is { } known)
            return new RegistrationMessages.WithdrawResponse(await RegisteredAsync(db, known, cancel));

        var old = now - EndorsementAdmission.OfNoUseAfter;
        await db.Endorsements.Where(e => e.SponsorNo == row.DeviceNo && e.WithdrawnAt < old).ExecuteDeleteAsync(cancel);
        if (await db.Endorsements.CountAsync(e => e.SponsorNo == row.DeviceNo && e.WithdrawnAt != null, cancel) >= Withdrawal.Most)
            return Refused($"is one of more than {Withdrawal.Most} of the device {sponsor.DeviceId}");
        db.Endorsements.Add(new EndorsementRow { Hash = hash, SponsorNo = row.DeviceNo, WithdrawnAt = now });
        await db.Promotions.Where(p => p.SponsorNo == row.DeviceNo && p.Hash == hash).ExecuteDeleteAsync(cancel);
        await audit.AddAsync(db, new AuditAct.EndorsementWithdrawn(row.Account, row.DeviceId, withdrawal.Certificate.Sha256), cancel);
        return new RegistrationMessages.WithdrawResponse();
    }

    private static async Task<string?> RegisteredAsync(RegistrationDb db, EndorsementRow known, CancellationToken cancel) => known.DeviceNo is { } number
        ? await db.Devices.Where(d => d.DeviceNo == number).Select(d => d.DeviceId).SingleAsync(cancel)
        : null;

    private static Refusal Refused(string why) => new(RegistrationProblems.EndorsementRefused, $"The withdrawal {why}.");
}
