using System.Net;
using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Audit;

/// <summary>Whoever can write to the database cannot take back what the log tells without `audit verify` finding it.</summary>
public sealed class AuditTamperingTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync();
        var token = await _service.TokenAsync(uses: 3);
        var devices = Enumerable.Range(0, 3).Select(n => new TestDevice(name: $"phone-{n}")).ToList();
        foreach (var device in devices)
        {
            using var response = await device.RegisterAsync(_service.Http, token);
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }
        (await _service.Admin.RevokeDeviceAsync("phone-2", new("lost"), default)).Value();
        Assert.True((await _service.Admin.VerifyAuditAsync(default)).Value().Holds);
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData("line 4 is missing", "DELETE FROM audit_lines WHERE number = 4")]
    [InlineData("lines 2 to 4 are missing", "DELETE FROM audit_lines WHERE number BETWEEN 2 AND 4")]
    [InlineData("line 1 is missing", "DELETE FROM audit_lines WHERE number = 1")]
    [InlineData("it has 5 lines, and 6 were written", "DELETE FROM audit_lines WHERE number = 6")]
    [InlineData("the newest is 2", "DELETE FROM audit_lines WHERE number = 6; UPDATE counters SET value = 5 WHERE name = 'audit_line'")]
    [InlineData("the last that was issued 3", "DELETE FROM audit_lines WHERE number > 4; UPDATE counters SET value = 4 WHERE name = 'audit_line'")]
    [InlineData("it has no lines", "DELETE FROM audit_lines; UPDATE counters SET value = 0 WHERE name = 'audit_line'")]
    [InlineData("line 3 was line 4", "UPDATE audit_lines SET number = 99 WHERE number = 3; UPDATE audit_lines SET number = 3 WHERE number = 4; UPDATE audit_lines SET number = 4 WHERE number = 99")]
    [InlineData("line 5 is missing", "DELETE FROM audit_lines WHERE number = 5; UPDATE counters SET value = 2 WHERE name = 'serial'; DELETE FROM token_uses WHERE device_no = 3; DELETE FROM devices WHERE device_no = 3")]
    [InlineData("was revoked, and it is not", "UPDATE devices SET revoked_at = NULL, revoked_in_version = NULL")]
    [InlineData("is half revoked", "UPDATE devices SET revoked_at = NULL")]
    [InlineData("is revoked, and no line tells of it", "UPDATE devices SET revoked_at = 1, revoked_in_version = 1 WHERE device_no = 1")]
    [InlineData("the revocation list says otherwise", "UPDATE devices SET revoked_at = 1, revoked_in_version = 1 WHERE device_no = 1")]
    [InlineData("and the log tells of none", "INSERT INTO devices SELECT 9, 'ffffffffffffffffffffffffffffffff', account, public_key, name, platform, app_version, registered_at, 9, certificate, certificate_expires_at, NULL, NULL, NULL FROM devices WHERE device_no = 1")]
    [InlineData("is not this service's", "UPDATE revocation_lists SET signed = x'0a0b' WHERE version = 2")]
    [InlineData("has the certificate 7, and the log tells of 2", "UPDATE devices SET serial = 7 WHERE device_no = 2")]
    [InlineData("line 2 cannot be read", "UPDATE audit_lines SET signed = x'0a0b' WHERE number = 2")]
    public async Task What_was_done_to_the_database_is_found(string problem, string sql)
    {
        await _service.Core.Store.WriteAsync<int>(async db => await db.Database.ExecuteSqlRawAsync(sql), default);

        await FindsAsync(problem);
    }

    [Fact]
    public async Task No_changed_bit_of_any_line_goes_unnoticed()
    {
        for (var number = 1; number <= 6; number++)
        {
            var stored = await StoredAsync(number);
            foreach (var at in (int[])[3, stored.Length / 2, stored.Length - 1])
            {
                var altered = stored.ToArray();
                altered[at] ^= 1;
                await StoreAsync(number, altered);
                Assert.False((await _service.Admin.VerifyAuditAsync(default)).Value().Holds);
            }
            await StoreAsync(number, stored);
        }
        Assert.True((await _service.Admin.VerifyAuditAsync(default)).Value().Holds);
    }

    [Fact]
    public async Task A_line_in_anothers_hand_is_found_and_so_is_one_that_was_signed_as_something_else()
    {
        using var stranger = SigningKey.Create(new SystemRandom());
        var line = AuditLine.Read(Signed.Parser.ParseFrom(await StoredAsync(6)));
        await StoreAsync(6, line.Sign(stranger).ToByteArray());
        await FindsAsync("line 6 is not signed by this service");

        // The key is right, and what it signed is a revocation list by its context.
        var ours = _service.Core.Organisation.SignerFor(AuditLine.Signer);
        await StoreAsync(6, SignedBlobs.Sign(ours, SignatureContext.RevocationList, line.Sign(ours).Payload.ToByteArray()).ToByteArray());
        await FindsAsync("line 6 is not signed by this service");
    }

    [Fact]
    public async Task A_line_that_the_service_itself_would_sign_anew_breaks_the_chain()
    {
        var line = AuditLine.Read(Signed.Parser.ParseFrom(await StoredAsync(4)));
        var another = line with { Act = (AuditAct.CertificateIssued)line.Act with { Name = "nobody" } };
        await StoreAsync(4, another.Sign(_service.Core.Organisation.SignerFor(AuditLine.Signer)).ToByteArray());

        await FindsAsync("line 5 does not follow from the line before it");
    }

    private async Task FindsAsync(string problem)
    {
        var verdict = (await _service.Admin.VerifyAuditAsync(default)).Value();
        Assert.False(verdict.Holds);
        Assert.Contains(verdict.Problems, p => p.Contains(problem, StringComparison.Ordinal));
    }

    private Task<byte[]> StoredAsync(long number) => _service.Core.Store.ReadAsync(async db => (await db.AuditLines.SingleAsync(l => l.Number == number)).Signed);

    private async Task StoreAsync(long number, byte[] signed) =>
        await _service.Core.Store.WriteAsync<int>(async db =>
            await db.AuditLines.Where(l => l.Number == number).ExecuteUpdateAsync(s => s.SetProperty(l => l.Signed, signed)), default);
}
