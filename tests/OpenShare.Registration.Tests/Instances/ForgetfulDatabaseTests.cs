using OpenShare.Registration.Storage;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Instances;

/// <summary>The alarm of <see cref="ClusterTests"/>: a PostgreSQL that says of what is not stored yet that it is.</summary>
public sealed class ForgetfulDatabaseTests
{
    [SkippableFact]
    public async Task Certificates_that_a_database_forgets_are_missed()
    {
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
}
