using System.Net;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Login;

/// <summary>Registering by a session of an OpenID Connect issuer instead of a token.</summary>
public class LoginTests : IAsyncLifetime
{
    private LoginService _both = null!;

    protected virtual bool OnPostgres => false;

    private TestService Service => _both.Service;

    private TestIssuer Issuer => _both.Issuer;

    public async Task InitializeAsync()
    {
        _both = new LoginService(OnPostgres);
        await _both.InitializeAsync();
    }

    public Task DisposeAsync() => _both.DisposeAsync();

    private async Task<HttpResponseMessage> RegisterAsync(TestDevice device, string? session = null) => await TestDevice.PostAsync(
        Service.Http, RegistrationPaths.Register, device.Request(device.Proof(await TestDevice.NonceAsync(Service.Http))), session ?? Issuer.AccessToken());

    [SkippableFact]
    public async Task A_person_who_has_logged_in_registers_a_device_of_their_account()
    {
        var device = new TestDevice();
        using var response = await RegisterAsync(device);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var certificate = await response.CertificateAsync();
        Assert.Equal((device.Id, AccountId.Parse("alice"), device.Name, 1UL), (certificate.DeviceId, certificate.Account, certificate.Name, certificate.DeviceNo));
    }

    [SkippableFact]
    public async Task The_account_begins_with_its_first_device_and_is_the_same_with_a_token()
    {
        using var bySession = await RegisterAsync(new TestDevice());
        using var byToken = await new TestDevice(name: "Alice's phone").RegisterAsync(Service.Http, await Service.TokenAsync());

        var (first, second) = (await bySession.ReadAsync<RegistrationMessages.RegisterResponse>(), await byToken.ReadAsync<RegistrationMessages.RegisterResponse>());
        Assert.Equal(first.AccountDiscoveryKey, second.AccountDiscoveryKey);
    }

    [SkippableFact]
    public async Task Racing_registrations_of_a_new_account_are_all_of_one_account()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var response = await RegisterAsync(new TestDevice());
            return await response.ReadAsync<RegistrationMessages.RegisterResponse>();
        }));

        Assert.Single(answers.Select(a => a.AccountDiscoveryKey).Distinct());
        Assert.Equal(Enumerable.Range(1, 8).Select(n => (ulong)n), answers.Select(a => DeviceCertificate.Parse(a.CertBlob).DeviceNo).Order());
    }

    [SkippableFact]
    public async Task An_account_does_not_begin_with_a_device_that_is_refused()
    {
        var taken = new TestDevice();
        using (await RegisterAsync(taken)) { }
        Issuer.Claims["sub"] = "bob";
        var payload = taken.Payload(await TestDevice.NonceAsync(Service.Http));
        payload.AccountId = "bob";
        var request = taken.Request(SignedBlobs.Sign(taken.Key, SignatureContext.RegistrationProof, payload).ToText()) with { AccountId = "bob" };

        await TestDevice.PostAsync(Service.Http, RegistrationPaths.Register, request, Issuer.AccessToken())
            .RefusedAsync(HttpStatusCode.Conflict, RegistrationProblems.DeviceIdTaken);

        Assert.Equal("alice", Assert.Single((await Service.Admin.ShowQuotasAsync(null, default)).Value().Quotas).AccountId);
    }

    [SkippableFact]
    public async Task A_lost_answer_is_asked_for_again_and_never_makes_a_second_device()
    {
        var (device, session) = (new TestDevice(), Issuer.AccessToken());
        using var lost = await RegisterAsync(device, session);
        using var again = await RegisterAsync(device, session);

        Assert.Equal((await lost.CertificateAsync()).DeviceNo, (await again.CertificateAsync()).DeviceNo);
        Assert.Single((await Service.Admin.ListDevicesAsync(null, default)).Value().Devices);
    }

    [SkippableFact]
    public async Task A_session_registers_within_the_quota_and_no_revoked_device()
    {
        var device = new TestDevice();
        using (await RegisterAsync(device)) { }
        (await Service.Admin.SetQuotaAsync(AccountId.Parse("alice"), new AdministrationMessages.SetQuota(1), default)).Value();

        await RegisterAsync(new TestDevice()).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.QuotaExceeded);

        (await Service.Admin.RevokeDeviceAsync(device.Id.ToString(), new AdministrationMessages.RevokeDevice(), default)).Value();
        await RegisterAsync(device).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.DeviceRevoked);
    }

    [SkippableFact]
    public async Task A_session_proves_no_key_and_is_for_its_own_account()
    {
        var device = new TestDevice();
        var stolen = device.Request(device.Proof(await TestDevice.NonceAsync(Service.Http), signer: new TestDevice().Key));

        await TestDevice.PostAsync(Service.Http, RegistrationPaths.Register, stolen, Issuer.AccessToken())
            .RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.KeyNotProven);
        await RegisterAsync(new TestDevice("bob")).RefusedAsync(HttpStatusCode.Unauthorized, RegistrationProblems.BadSession);
        Assert.Empty((await Service.Admin.ListDevicesAsync(null, default)).Value().Devices);
    }

    [SkippableFact]
    public async Task The_audit_log_names_who_logged_in_and_the_service_log_does_not()
    {
        var session = Issuer.AccessToken();
        using (await RegisterAsync(new TestDevice(), session)) { }
        using (await RegisterAsync(new TestDevice(), session[..^4])) { }

        var lines = (await Service.Admin.ShowAuditAsync(10, default)).Value().Lines;
        Assert.Equal("oidc:alice", Assert.Single(lines, l => l.Act is OpenShare.Registration.Audit.AuditAct.CertificateIssued).By);
        Assert.NotEmpty(Service.Log.Lines);
        Assert.DoesNotContain(Service.Log.Lines, line => line.Contains("alice", StringComparison.Ordinal) || line.Contains(session.Split('.')[1], StringComparison.Ordinal));
    }
}
