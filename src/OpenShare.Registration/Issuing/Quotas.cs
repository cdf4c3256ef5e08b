using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>How many devices an account may have registered at once; revoked ones do not count.</summary>
internal sealed class Quotas(int defaultQuota)
{
    public const int Max = 1_000_000;

    public int Of(AccountRow account) => account.Quota ?? defaultQuota;

    /// <returns>null where there is room for one more</returns>
    public async Task<Refusal?> CheckRoomAsync(RegistrationDb db, AccountId account, CancellationToken cancel)
    {
        // An account may begin with its first device.
        var quota = await db.Accounts.FindAsync([account.Value], cancel) is { } row ? Of(row) : defaultQuota;
        return await db.DeviceReads.CountActiveAsync(account.Value, cancel) < quota
            ? null
            : new Refusal(RegistrationProblems.QuotaExceeded, $"The account {account} has the {quota} devices it may have. Ask your administrator to revoke one that is no longer used, or to raise the quota.");
    }
}
