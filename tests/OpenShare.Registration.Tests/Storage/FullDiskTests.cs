using System.Net;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Storage;

public sealed class FullDiskTests
{
    [Fact]
    public async Task Without_room_for_SQLite_registrations_are_put_off_and_nothing_of_them_is_stored()
    {
        await using var service = await TestService.StartAsync();
        var token = await service.TokenAsync(uses: 1000);
        // No more than it has by now: what a full disk is to SQLite.
        await LimitAsync(service, "PRAGMA max_page_count = 1");
        var (device, registered) = (new TestDevice(), 0);
        for (var isStored = true; isStored; registered += isStored ? 1 : 0)
        {
            device = new TestDevice();
            using var response = await device.RegisterAsync(service.Http, token);
            isStored = response.StatusCode == HttpStatusCode.Created;
            Assert.True(registered < 500 && (isStored || await response.ProblemAsync() == RegistrationProblems.DatabaseUnavailable));
        }
        var line = await Eventually.TrueAsync(() => Task.FromResult(service.Log.Lines.FirstOrDefault(l => l.Contains("responded 503", StringComparison.Ordinal))), l => l is not null);
        Assert.Contains($"The database {service.Data.Database} cannot be used", line, StringComparison.Ordinal);
        Assert.DoesNotContain(service.Log.Lines, l => l.Contains("   at ", StringComparison.Ordinal));

        await LimitAsync(service, "PRAGMA max_page_count = 1000000");
        using (var response = await device.RegisterAsync(service.Http, token))
            Assert.Equal((ulong)registered + 1, (await response.CertificateAsync()).Serial);
        Assert.True((await service.Admin.VerifyAuditAsync(default)).Value().Holds);
    }

    private static async Task LimitAsync(TestService service, string pragma) => (await service.Core.Store.WriteAsync<bool>(async db =>
    {
        await db.Database.ExecuteSqlRawAsync(pragma);
        return true;
    }, default)).Value();
}
