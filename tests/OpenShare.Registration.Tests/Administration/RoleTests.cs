using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Keys.Offline;
using OpenShare.Registration.Tests.Support;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Tests.Administration;

/// <summary>Who administers the service over HTTPS may do what their role allows, and is named in the audit log.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private readonly TestDevice _device = new(name: "phone");
    private TestService _service = null!;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync(o => o with { Promotion = PromotionPolicy.Ask });
        using var registered = await _device.RegisterAsync(_service.Http, await _service.TokenAsync());
        // One that waits, of the device's own pairing.
        var tablet = new TestDevice(name: "tablet");
        using var waits = await tablet.PromoteAsync(_service.Http, _device.Endorse(await registered.CertificateAsync(), tablet, _service.Time.GetUtcNow()));
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData("auditor", "GET me,GET devices,GET devices/phone,GET promotions,GET quotas,GET tokens,GET keys,GET audit?last=5,GET audit/verdict,GET admins")]
    [InlineData("registrar", "GET me,GET devices,GET devices/phone,GET promotions,GET quotas,GET tokens,POST tokens,POST tokens/spare/revoke,POST devices/phone/revoke,POST promotions/tablet/admit,POST promotions/tablet/turn-away")]
    [InlineData("admin", "GET me,GET devices,GET devices/phone,GET promotions,GET quotas,GET tokens,GET keys,GET audit?last=5,GET audit/verdict,GET admins,POST tokens,POST tokens/spare/revoke,POST devices/phone/revoke,POST promotions/tablet/admit,POST promotions/tablet/turn-away,PUT quotas/alice,POST keys/rotation,POST keys/rotation/request,POST keys/rotation/answer,POST admins,POST admins/dana/revoke")]
    public async Task A_role_allows_what_it_is_for_and_nothing_else(string role, string allowed)
    {
        var token = await TokenOfAsync("dana", role);
        (await _service.Admin.CreateTokenAsync(new CreateToken("alice", 1, 60, "spare"), default)).Value();
        (string, object?)[] all =
        [
            ("GET me", null), ("GET devices", null), ("GET devices/phone", null), ("GET promotions", null), ("GET quotas", null), ("GET keys", null), ("GET audit?last=5", null), ("GET audit/verdict", null),
            ("GET admins", null), ("GET tokens", null), ("POST tokens", new CreateToken("alice", 1, 60)), ("POST tokens/spare/revoke", null), ("POST promotions/tablet/admit", new AdmitDevice()),
            ("POST promotions/tablet/turn-away", new TurnAway()), ("POST devices/phone/revoke", new RevokeDevice("lost")), ("PUT quotas/alice", new SetQuota(5)), ("POST keys/rotation", new RotateKey("crl")), ("POST keys/rotation/request", new RequestRotation("crl")),
            ("POST keys/rotation/answer", new RootRequestFile("", "", "")), ("POST admins", new CreateAdmin("erin", "auditor")),
            ("POST admins/dana/revoke", null),
        ];
        foreach (var (request, body) in all)
        {
            using var response = await AskAsync(request, token, body);
            // The root key is here: of a request and an answer no more is asked than that they are read.
            var done = request.StartsWith("POST keys/rotation/", StringComparison.Ordinal) ? HttpStatusCode.BadRequest : HttpStatusCode.OK;
            Assert.Equal((request, allowed.Split(',').Contains(request) ? done : HttpStatusCode.Forbidden), (request, response.StatusCode));
            if (response.StatusCode == HttpStatusCode.Forbidden)
                Assert.Equal(RegistrationProblems.RoleInsufficient, await response.ProblemAsync());
            Assert.True(response.Headers.CacheControl!.NoStore);
        }
    }

    [Fact]
    public async Task Nobody_without_a_good_token_is_answered()
    {
        var expiring = await TokenOfAsync("shortly", "admin", ttl: 60);
        var revoked = await TokenOfAsync("gone", "admin");
        (await _service.Admin.RevokeAdminAsync("gone", default)).Value();
        using (var good = await AskAsync("GET devices", expiring))
            Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        _service.Time.Advance(TimeSpan.FromSeconds(60));

        foreach (var shown in new[] { null, "", "osa1_AAAA", expiring, revoked, expiring[..^1], await _service.TokenAsync() })
            await AskAsync("GET devices", shown).RefusedAsync(HttpStatusCode.Unauthorized, RegistrationProblems.NotAuthorized);
    }

    [Fact]
    public async Task The_admin_credential_goes_on_working_as_an_admin()
    {
        using var response = await AskAsync("POST admins", _service.AdminCredential, new CreateAdmin("dana", "registrar", 3600));

        Assert.Equal("registrar", (await response.ReadAsync<AdminCreated>()).Role);
    }

    [Fact]
    public async Task Each_act_is_in_the_audit_log_with_who_did_it()
    {
        var dana = await TokenOfAsync("dana", "admin");
        (string, object)[] acts =
        [
            ("POST tokens", new CreateToken("bob", 2, 60, "spare")), ("POST tokens/spare/revoke", new RevokeDevice()), ("POST promotions/tablet/admit", new AdmitDevice()),
            ("POST promotions/tablet/turn-away", new TurnAway("alice", "no")), ("PUT quotas/bob", new SetQuota(7)), ("POST devices/phone/revoke", new RevokeDevice("lost")),
            ("POST keys/rotation", new RotateKey("issuing")), ("POST admins", new CreateAdmin("erin", "auditor")), ("POST admins/erin/revoke", new RevokeDevice()),
        ];
        foreach (var (request, body) in acts)
        {
            using var response = await AskAsync(request, dana, body);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        (await _service.Admin.RevokeAdminAsync("dana", default)).Value();

        var lines = (await _service.Admin.ShowAuditAsync(11, default)).Value().Lines;
        Assert.Equal(
            [typeof(AuditAct.AdminCreated), typeof(AuditAct.TokenCreated), typeof(AuditAct.TokenRevoked), typeof(AuditAct.PromotionAdmitted), typeof(AuditAct.PromotionTurnedAway), typeof(AuditAct.QuotaSet), typeof(AuditAct.DeviceRevoked), typeof(AuditAct.KeyRotated),
                typeof(AuditAct.AdminCreated), typeof(AuditAct.AdminRevoked), typeof(AuditAct.AdminRevoked)],
            lines.Select(l => l.Act.GetType()));
        Assert.Equal(["owner", .. Enumerable.Repeat("dana", 9), "owner"], lines.Select(l => l.By));
        Assert.True((await _service.Admin.VerifyAuditAsync(default)).Value().Holds);
    }

    [Fact]
    public async Task A_token_is_kept_as_its_hash_and_a_name_is_given_once()
    {
        var token = await TokenOfAsync("dana", "admin");
        var database = await File.ReadAllBytesAsync(_service.Data.Database + "-wal");
        Assert.True(database.AsSpan().IndexOf("dana"u8) >= 0);
        Assert.True(database.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(token)) < 0);

        (await _service.Admin.RevokeAdminAsync("dana", default)).Value();
        var again = Assert.IsType<Outcome<AdminCreated>.Refused>(await _service.Admin.CreateAdminAsync(new CreateAdmin("dana", "auditor"), default));
        Assert.Contains("Choose another name", again.Refusal.Detail, StringComparison.Ordinal);
        foreach (var name in new[] { "owner", "admin-credential", "", "Dana!" })
            Assert.IsType<Outcome<AdminCreated>.Refused>(await _service.Admin.CreateAdminAsync(new CreateAdmin(name, "auditor"), default));
    }

    private async Task<string> TokenOfAsync(string name, string role, long? ttl = null) =>
        (await _service.Admin.CreateAdminAsync(new CreateAdmin(name, role, ttl), default)).Value().Token;

    private async Task<HttpResponseMessage> AskAsync(string request, string? token, object? body = null)
    {
        var (method, path) = (request.Split(' ')[0], request.Split(' ')[1]);
        using var message = new HttpRequestMessage(new HttpMethod(method), "/v1/admin/" + path);
        if (body is not null)
            message.Content = JsonContent.Create(body, body.GetType(), options: RegistrationJson.Options);
        if (token is not null)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _service.Http.SendAsync(message);
    }
}
