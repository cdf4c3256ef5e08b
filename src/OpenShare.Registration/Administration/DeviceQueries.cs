using OpenShare.Registration.Storage;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Administration;

/// <summary>Devices as administrators are shown them, and no more read of them than that: not their certificates and keys.</summary>
internal static class DeviceQueries
{
    /// <summary>In the order in which they were registered.</summary>
    public static IQueryable<Device> Shown(this IQueryable<DeviceRow> devices, DateTimeOffset now) => devices.OrderBy(d => d.DeviceNo).Select(d => new Device(
        d.DeviceId, d.Account, d.Name, d.Platform, d.AppVersion, d.DeviceNo, d.Serial,
        d.RevokedAt != null ? "revoked" : d.CertificateExpiresAt < now ? "expired" : "active",
        d.RegisteredAt, d.CertificateExpiresAt, d.RevokedAt, d.RevokeReason));

    public static IQueryable<DeviceRow> Of(this IQueryable<DeviceRow> devices, DeviceQuestion question)
    {
        var rest = devices.Where(d => d.DeviceNo > question.After);
        if (question.Account is { } account)
            rest = rest.Where(d => d.Account == account.Value);
        if (question.Search?.Trim() is not { Length: > 0 } text)
            return rest;
        // Ids and accounts are in small letters. SQLite knows the small letters of ASCII alone: others are found as they are written.
        var small = text.ToLowerInvariant();
#pragma warning disable CA1862 // It is the database that compares.
        return rest.Where(d => d.Name.Contains(text) || d.Name.ToLower().Contains(small) || d.DeviceId.Contains(small) || d.Account.Contains(small));
#pragma warning restore CA1862
    }

    /// <summary>All of them, page by page.</summary>
    /// <param name="account">null for every account's</param>
    public static async Task<Outcome<DeviceList>> ListDevicesAsync(this IAdministration administration, Protocol.Identity.AccountId? account, CancellationToken cancel)
    {
        var all = new List<Device>();
        for (long? after = 0; after is { } last;)
        {
            var page = await administration.FindDevicesAsync(new DeviceQuestion(account, After: last), cancel);
            if (page is not Outcome<DeviceList>.Done { Value: var found })
                return page;
            all.AddRange(found.Devices);
            after = found.Next;
        }
        return new DeviceList(all);
    }
}
