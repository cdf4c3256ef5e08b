using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;

namespace OpenShare.Registration.Storage;

/// <summary>
/// What a write is going to look for. Of all that share a transaction it is read with one question for each table: most of what
/// a registration costs a database is the way there and back.
/// </summary>
/// <param name="Joins">it may register a new device, so the account's are counted</param>
/// <param name="Token">a registration token's hash, where one is to be spent</param>
internal sealed record ReadAhead(DeviceId Device, AccountId Account, bool Joins = false, byte[]? Token = null)
{
    public static async Task AllAsync(RegistrationDb db, IReadOnlyCollection<ReadAhead> all, CancellationToken cancel)
    {
        await db.Counters.LoadAsync(cancel);
        await db.DeviceReads.ReadAheadAsync([.. all.Select(a => a.Device.ToString()).Distinct()], cancel);
        var accounts = all.Select(a => a.Account.Value).Distinct().ToArray();
        await db.Accounts.Where(a => accounts.Contains(a.Name)).LoadAsync(cancel);
        if (all.Where(a => a.Joins).Select(a => a.Account.Value).Distinct().ToArray() is { Length: > 0 } joined)
            await db.DeviceReads.CountAheadAsync(joined, cancel);
        if (all.Select(a => a.Token).OfType<byte[]>().ToArray() is { Length: > 0 } tokens)
            await db.Tokens.Where(t => tokens.Contains(t.SecretHash)).LoadAsync(cancel);
    }
}
