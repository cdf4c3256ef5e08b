using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>
/// Paired devices that wait for an administrator's yes: of each one request in an account, of an account and in all so many, each for as long as its
/// endorsement may count.
/// </summary>
internal static class PromotionQueue
{
    public const int MostOfAccount = 100;
    public const int Most = 10_000;

    /// <summary>Bytes of an endorsement that is kept: several times what one with the longest names has.</summary>
    public const int LargestEndorsement = 4096;

    /// <returns>null where an administrator has said yes to this very endorsement</returns>
    public static async Task<Pending?> AskAsync(RegistrationDb db, PromotionRow asked, CancellationToken cancel)
    {
        var kept = await db.Promotions.FindAsync([asked.Account, asked.DeviceId], cancel);
        if (kept is not null && kept.SponsorNo == asked.SponsorNo && kept.Hash.AsSpan().SequenceEqual(asked.Hash))
            return kept.AdmittedAt is null ? new Pending(Waits(kept.AskedAt)) : null;
        return await NoRoomAsync(db, asked, cancel) is { } refusal ? new Pending(refusal) : new Pending(Waits(asked.AskedAt), () => KeepAsync(db, kept, asked, cancel));
    }

    /// <summary>Those that may still come to something.</summary>
    public static IQueryable<PromotionRow> Live(RegistrationDb db, DateTimeOffset now)
    {
        var ended = IsEnded(db, now);
        return db.Promotions.Where(Expression.Lambda<Func<PromotionRow, bool>>(Expression.Not(ended.Body), ended.Parameters));
    }

    private static Expression<Func<PromotionRow, bool>> IsEnded(RegistrationDb db, DateTimeOffset now) => p =>
        p.ExpiresAt < now
        || db.Devices.Any(d => (d.DeviceNo == p.SponsorNo || d.DeviceId == p.DeviceId) && d.RevokedAt != null)
        || db.RevokedIds.Any(r => r.DeviceId == p.DeviceId);

    private static async Task<Refusal?> NoRoomAsync(RegistrationDb db, PromotionRow asked, CancellationToken cancel)
    {
        if (asked.Endorsement.Length > LargestEndorsement)
            return EndorsementAdmission.Refused($"has {asked.Endorsement.Length} bytes, and none that a device gives has more than {LargestEndorsement}");
        var others = Live(db, asked.AskedAt).Where(p => p.Account != asked.Account || p.DeviceId != asked.DeviceId);
        return await others.CountAsync(p => p.Account == asked.Account, cancel) >= MostOfAccount
            ? Full($"of the account {asked.Account}")
            : await others.CountAsync(cancel) >= Most ? Full("at this service") : null;
    }

    private static async Task KeepAsync(RegistrationDb db, PromotionRow? kept, PromotionRow asked, CancellationToken cancel)
    {
        await db.Promotions.Where(IsEnded(db, asked.AskedAt)).Where(p => p.Account != asked.Account || p.DeviceId != asked.DeviceId).ExecuteDeleteAsync(cancel);
        if (kept is null)
            db.Promotions.Add(asked);
        else
            db.Entry(kept).CurrentValues.SetValues(asked);
        // Whoever asks next in this transaction is to count it.
        await db.SaveChangesAsync(cancel);
    }

    private static Refusal Waits(DateTimeOffset since) => new(
        RegistrationProblems.PromotionWaiting, $"An administrator's yes to this device is awaited since {since:u}.");

    private static Refusal Full(string where) => new(
        RegistrationProblems.TooManyRequests, $"As many paired devices {where} as may wait for an administrator's yes already. Ask your administrator to look at them.");
}
