using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Instances;

/// <summary>The alarms of <see cref="ClusterTests"/>: whatever a database may lose or repeat is found out.</summary>
public sealed partial class BrokenPromisesTests
{
    private static readonly (string Damage, string[] Found)[] Damages =
    [
        ("DELETE FROM token_uses WHERE device_no = 3; DELETE FROM devices WHERE device_no = 3", ["the certificate 3 of * is lost"]),
        ("UPDATE devices SET serial = 4 WHERE device_no = 2", ["serials or device numbers are skipped or repeated", "the certificate 2 of * is lost"]),
        ("INSERT INTO token_uses SELECT secret_hash, 2, used_at FROM token_uses WHERE device_no = 1", ["a token was used twice"]),
        ("UPDATE devices SET revoked_in_version = NULL WHERE device_no = 1", ["the revocation of * is lost", "versions of the list are skipped or repeated"]),
        ("UPDATE devices SET revoked_in_version = 5 WHERE device_no = 2", ["the revocation of * is lost", "versions of the list are skipped or repeated"]),
    ];

    [SkippableFact]
    public async Task Whatever_a_database_loses_or_repeats_is_found_out()
    {
        await using var service = await TestService.StartAsync(onPostgres: true);
        var promises = new Promises();
        for (var n = 0; n < 3; n++)
        {
            var (device, token) = (new TestDevice(), await service.TokenAsync());
            using var response = await device.RegisterAsync(service.Http, token);
            promises.Issued(token, await response.CertificateAsync());
            if (n < 2)
                promises.Revoked(device.Id, (await service.Admin.RevokeDeviceAsync(device.Id.ToString(), new(), default)).Value().CrlVersion);
        }
        using var database = new PostgresDatabase(service.Core.Options.Database!, null);
        await using var db = database.Open();
        Assert.Empty(await promises.BrokenAsync(db));
        foreach (var (damage, found) in Damages)
        {
            await using var undone = await db.Database.BeginTransactionAsync();
            await db.Database.ExecuteSqlRawAsync(damage);
            Assert.Equal(found, (await promises.BrokenAsync(db)).Select(b => DeviceIds().Replace(b, "*")).Order(StringComparer.Ordinal));
        }
    }

    [SkippableFact]
    public async Task Certificates_that_a_database_forgets_are_missed()
    {
        // It says of what is not stored yet that it is (synchronous_commit=off).
        await using var postgres = await PostgresServer.OwnAsync(isForgetful: true);
        await using var service = await TestService.StartAsync(database: await PostgresTestDatabase.CreateAsync(postgres));
        var promises = new Promises();
        for (var n = 0; n < 5; n++)
        {
            var token = await service.TokenAsync();
            using var response = await new TestDevice().RegisterAsync(service.Http, token);
            promises.Issued(token, await response.CertificateAsync());
        }
        await postgres.CrashAsync();
        await postgres.StartAgainAsync();

        using var database = new PostgresDatabase(service.Core.Options.Database!, null);
        await using var db = database.Open();
        Assert.Contains(await promises.BrokenAsync(db), said => said.EndsWith(" is lost", StringComparison.Ordinal));
    }

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex DeviceIds();
}
