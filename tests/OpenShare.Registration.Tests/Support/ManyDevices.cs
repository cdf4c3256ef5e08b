using System.Globalization;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Tests.Support;

/// <summary>Devices that nobody registered: rows, in no time.</summary>
internal static class ManyDevices
{
    private const long Before = 100_000;

    /// <summary>"number 1", "number 2" and so on, of the account alice.</summary>
    public static async Task AddDevicesAsync(this TestService service, int count)
    {
        // The first token makes the account.
        await service.TokenAsync();
        var now = service.Time.GetUtcNow();
        var added = await service.Core.Store.WriteAsync<int>(async db =>
        {
            db.Devices.AddRange(Enumerable.Range(1, count).Select(n => new DeviceRow
            {
                DeviceNo = Before + n,
                DeviceId = n.ToString("x32", CultureInfo.InvariantCulture),
                Account = "alice",
                PublicKey = new byte[32],
                Name = $"number {n}",
                Platform = "linux-x64",
                AppVersion = "0.1.0",
                RegisteredAt = now,
                Serial = Before + n,
                Certificate = new byte[200],
                CertificateExpiresAt = now.AddDays(1),
            }));
            return await db.SaveChangesAsync();
        }, default);
        Assert.Equal(count, added.Value());
    }
}
