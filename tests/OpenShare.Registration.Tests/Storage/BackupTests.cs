using System.Net;
using Microsoft.Data.Sqlite;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Storage;

/// <summary>A service is lost, and started elsewhere from what docs/operations.md says to keep.</summary>
public sealed class BackupTests
{
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task From_a_backup_of_a_running_service_another_goes_on_and_devices_notice_nothing(bool onPostgres)
    {
        using var backup = new TempDirectory();
        var device = new TestDevice();
        PostgresTestDatabase? restored = null;
        (string TrustRoot, string Tls, string Admin) before;
        await using (var service = await TestService.StartAsync(onPostgres: onPostgres))
        {
            using (var registered = await device.RegisterAsync(service.Http, await service.TokenAsync()))
                Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
            before = (service.Core.Trust.ToText(), service.Web.Tls.Fingerprint, service.AdminCredential);
            foreach (var file in (string[])[service.Data.SigningKeys, service.Data.SigningKeyPassphrase, service.Data.TlsCertificate, service.Data.TlsKey, service.Data.AdminCredential])
                File.Copy(file, backup.File(Path.GetFileName(file)));
            if (onPostgres)
                restored = await service.Database!.CopyByDumpAsync(backup.File("dump"));
            else
                BackUp(service.Data.Database, backup.File(Path.GetFileName(service.Data.Database)));
        }

        await using var again = await TestService.StartAsync(directory: backup.Borrow(), database: restored);
        Assert.Equal(before, (again.Core.Trust.ToText(), again.Web.Tls.Fingerprint, again.AdminCredential));
        Assert.True((await again.Admin.VerifyAuditAsync(default)).Value().Holds);
        using (var renewed = await device.RenewAsync(again.Http))
            Assert.Equal(2UL, (await renewed.CertificateAsync()).Serial);
        using var next = await new TestDevice().RegisterAsync(again.Http, await again.TokenAsync());
        Assert.True(await next.CertificateAsync() is { DeviceNo: 2, Serial: 3 });
    }

    // As `sqlite3 FILE '.backup COPY'` does.
    private static void BackUp(string file, string copy)
    {
        using var from = new SqliteConnection($"Data Source={file};Pooling=false");
        using var to = new SqliteConnection($"Data Source={copy};Pooling=false");
        from.Open();
        to.Open();
        from.BackupDatabase(to);
    }
}
