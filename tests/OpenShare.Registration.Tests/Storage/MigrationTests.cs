using Microsoft.EntityFrameworkCore;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Storage;

public sealed class MigrationTests
{
    [Fact]
    public void Every_change_of_the_model_has_its_migration_for_either_database()
    {
        using var sqlite = new DesignTimeDb().CreateDbContext([]);
        using var postgres = new DesignTimePostgresDb().CreateDbContext([]);

        Assert.All<RegistrationDb>([sqlite, postgres], db => Assert.False(db.Database.HasPendingModelChanges(), $"{db.GetType().Name}: dotnet ef migrations add"));
        Assert.Empty(sqlite.Database.GetMigrations().Intersect(postgres.Database.GetMigrations()));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_newer_version_has_changed_is_left_alone(bool onPostgres)
    {
        await using var service = await TestService.StartAsync(onPostgres: onPostgres);
        await service.Core.Store.WriteAsync<int>(async db => await db.Database.ExecuteSqlRawAsync(
            """INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion") VALUES ('29990101000000_Tomorrow', '99.0')"""), default);

        var error = await Assert.ThrowsAsync<UserError>(() => service.Core.Store.MigrateAsync(default));
        Assert.Contains("newer openshare-server", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Instances_that_start_together_over_an_empty_database_make_one_service()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(isEmpty: true);
        using var directory = new TempDirectory();
        var shared = new DataDirectory(directory.Path);
        using (var keys = new FileSigningKeyStore(shared.SigningKeys, Passphrase.Find(null, shared), SealingCost.Least))
            keys.CreateKeys(new SystemRandom());
        var instances = await Task.WhenAll(Enumerable.Range(0, 3).Select(n => Task.Run(async () =>
        {
            var data = Directory.CreateDirectory(directory.File($"{n}")).FullName;
            foreach (var file in (string[])["signing-keys.json", "signing-keys.passphrase"])
                File.CreateSymbolicLink(Path.Combine(data, file), directory.File(file));
            return await RegistrationCore.StartAsync(
                new RegistrationOptions(new DataDirectory(data)) { Database = database.Address }, TimeProvider.System, new SystemRandom(), default);
        })));

        Assert.Single(instances.Select(i => Convert.ToHexString(i.Trust.Fingerprint.Span)).Distinct());
        Assert.True((await instances[0].Administration.VerifyAuditAsync(default)).Value().Holds);
        foreach (var instance in instances)
            instance.Dispose();
    }
}
