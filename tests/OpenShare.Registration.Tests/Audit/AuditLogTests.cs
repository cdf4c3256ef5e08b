using System.Net;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Audit;

/// <summary>What the service signs is in its audit log, once, in the order in which it happened.</summary>
public class AuditLogTests : IAsyncLifetime
{
    private TestService _service = null!;

    protected virtual bool OnPostgres => false;

    public async Task InitializeAsync() => _service = await TestService.StartAsync(onPostgres: OnPostgres);

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [SkippableFact]
    public async Task Every_certificate_and_every_revocation_has_its_line()
    {
        var (kept, lost) = (await RegisteredAsync("kept"), await RegisteredAsync("lost"));
        _service.Time.Advance(TimeSpan.FromDays(30));
        using (await kept.RenewAsync(_service.Http)) { }
        await RevokeAsync(lost, "on a train");
        // Once more changes nothing, and a token that is spent gets nothing.
        await RevokeAsync(lost, "again");
        await new TestDevice().RegisterAsync(_service.Http, await SpentAsync()).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.TokenUsed);

        var all = (await _service.Admin.ShowAuditAsync(100, default)).Value().Lines;
        var lines = all.Where(l => l.Act is not AuditAct.TokenCreated).ToList();
        Assert.All(all, l => Assert.Equal(l.Act is AuditAct.TokenCreated ? "owner" : l.Act is AuditAct.DeviceRevoked ? "admin-credential" : null, l.By));
        Assert.Equal(
        [
            new AuditAct.LogBegan(0, 1, 1),
            new AuditAct.CertificateIssued("alice", kept.Id.ToString(), "kept", 1, 1),
            new AuditAct.CertificateIssued("alice", lost.Id.ToString(), "lost", 2, 2),
            new AuditAct.CertificateRenewed("alice", kept.Id.ToString(), "kept", 1, 3),
            new AuditAct.DeviceRevoked("alice", lost.Id.ToString(), "lost", 2, 2, "on a train"),
        ], lines.Take(5).Select(l => l.Act));
        Assert.Equal(6, lines.Count);
        Assert.Equal(_service.Time.GetUtcNow(), lines[4].At);
        Assert.Equal([8L, 9L], (await _service.Admin.ShowAuditAsync(2, default)).Value().Lines.Select(l => l.Number));
        await HoldsAsync(9);
    }

    [SkippableFact]
    public async Task A_restart_goes_on_where_the_log_was()
    {
        await RegisteredAsync("before");
        _service = await _service.RestartAsync();
        await RegisteredAsync("after");

        await HoldsAsync(5);
    }

    [SkippableFact]
    public async Task A_service_that_had_no_log_begins_one_after_what_is_there()
    {
        var old = await RegisteredAsync("old");
        await RevokeAsync(await RegisteredAsync("gone"), null);
        await _service.Core.Store.WriteAsync<int>(async db =>
        {
            await db.Database.ExecuteSqlRawAsync("DELETE FROM audit_lines");
            return await db.Database.ExecuteSqlRawAsync("UPDATE counters SET value = 0 WHERE name = 'audit_line'");
        }, default);

        _service = await _service.RestartAsync();
        using (await old.RenewAsync(_service.Http)) { }

        Assert.Equal(new AuditAct.LogBegan(2, 2, 1), (await _service.Admin.ShowAuditAsync(10, default)).Value().Lines[0].Act);
        await HoldsAsync(2);
    }

    [SkippableFact]
    public async Task Many_at_once_leave_no_gap()
    {
        var devices = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => RegisteredAsync($"d{n}")));
        await Task.WhenAll(devices.Select(d => RevokeAsync(d, null)));

        await HoldsAsync(61);
    }

    [SkippableFact]
    public async Task While_it_is_read_devices_register_and_none_of_that_is_in_what_is_read()
    {
        await RegisteredAsync("before");
        var (first, later) = await _service.Core.Store.ReadAtOnceAsync(async db =>
        {
            var lines = await db.AuditLines.CountAsync();
            await RegisteredAsync("meanwhile").WaitAsync(TimeSpan.FromSeconds(20));
            return (lines, await db.AuditLines.CountAsync());
        }, default);

        Assert.Equal((3, 3), (first, later));
        await HoldsAsync(5);
    }

    private async Task HoldsAsync(long lines)
    {
        var verdict = (await _service.Admin.VerifyAuditAsync(default)).Value();
        Assert.Equal((true, lines, ""), (verdict.Holds, verdict.Lines, string.Join('\n', verdict.Problems)));
    }

    private async Task<string> SpentAsync()
    {
        var token = await _service.TokenAsync();
        using (await new TestDevice(name: "first").RegisterAsync(_service.Http, token)) { }
        return token;
    }

    private async Task<TestDevice> RegisteredAsync(string name)
    {
        var device = new TestDevice(name: name);
        using var response = await device.RegisterAsync(_service.Http, await _service.TokenAsync());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return device;
    }

    private async Task RevokeAsync(TestDevice device, string? reason)
    {
        using var response = await TestDevice.PostAsync(
            _service.Http, RegistrationPaths.Revoke, new RegistrationMessages.RevokeRequest(device.Id.ToString(), reason), _service.AdminCredential);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
