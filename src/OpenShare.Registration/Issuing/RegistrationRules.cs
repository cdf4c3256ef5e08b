using OpenShare.Protocol.Registration;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>What holds for every registration, whatever lets the device in: when a certificate is given, and before, when an administrator says yes to it.</summary>
internal sealed class RegistrationRules(Quotas quotas)
{
    /// <returns>null where the device's id is its own and it was not revoked</returns>
    public static async Task<Refusal?> ObjectionAsync(RegistrationDb db, DeviceClaim claim, CancellationToken cancel)
    {
        var known = await db.DeviceReads.FindAsync(claim.Id.ToString(), cancel);
        if (known is not null && (known.Account != claim.Account.Value || !known.PublicKey.AsSpan().SequenceEqual(claim.Key.Bytes)))
            return new Refusal(RegistrationProblems.DeviceIdTaken, $"The device id {claim.Id} is registered with another account or key. Make a new device key and register that.");
        return known?.RevokedAt is not null || await db.DeviceReads.IsRevokedAsync(claim.Id.ToString(), cancel)
            ? new Refusal(RegistrationProblems.DeviceRevoked, $"The device {claim.Id} was revoked and cannot be registered again. Make a new device key and register that.")
            : null;
    }

    /// <returns>null where the account has room for the device, and what lets it in is not used up</returns>
    public async Task<Refusal?> ShortageAsync(RegistrationDb db, DeviceClaim claim, IAdmission admission, DateTimeOffset now, CancellationToken cancel)
    {
        if (await db.DeviceReads.FindAsync(claim.Id.ToString(), cancel) is null && await quotas.CheckRoomAsync(db, claim.Account, cancel) is { } full)
            return full;
        return admission.UsedUp(now);
    }
}
