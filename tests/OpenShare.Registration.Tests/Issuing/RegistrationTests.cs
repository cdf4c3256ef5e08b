using System.Net;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Issuing;

public class RegistrationTests : IAsyncLifetime
{
    private TestService _service = null!;

    protected virtual bool OnPostgres => false;

    public async Task InitializeAsync() => _service = await TestService.StartAsync(onPostgres: OnPostgres);

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [SkippableFact]
    public async Task A_device_with_a_token_gets_a_certificate_the_trust_root_vouches_for()
    {
        var device = new TestDevice();
        using var response = await device.RegisterAsync(_service.Http, await _service.TokenAsync());

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var answer = await response.ReadAsync<RegistrationMessages.RegisterResponse>();
        var certificate = DeviceCertificate.Parse(answer.CertBlob);
        Assert.True(certificate.IsVouchedFor(TrustRoot.Parse(answer.TrustRoot)));
        Assert.Equal((device.Id, AccountId.Parse("alice"), device.Name, 1UL, 1UL),
            (certificate.DeviceId, certificate.Account, certificate.Name, certificate.DeviceNo, certificate.Serial));
        Assert.Equal(device.Key.PublicKey, certificate.PublicKey);
        var now = _service.Time.GetUtcNow();
        Assert.Equal((now - ClockSkew.Allowed, now.AddDays(365)), (certificate.IssuedAt, certificate.ExpiresAt));
        Assert.Equal(32, Base64Url.Decode(answer.AccountDiscoveryKey, "key").Length);
        Assert.Equal(1UL, answer.CrlVersion);
    }

    [SkippableFact]
    public async Task Devices_of_one_account_share_a_discovery_key_and_of_two_do_not()
    {
        async Task<string> KeyAsync(string account)
        {
            using var response = await new TestDevice(account).RegisterAsync(_service.Http, await _service.TokenAsync(account));
            return (await response.ReadAsync<RegistrationMessages.RegisterResponse>()).AccountDiscoveryKey;
        }

        var first = await KeyAsync("alice");
        Assert.Equal(first, await KeyAsync("alice"));
        Assert.NotEqual(first, await KeyAsync("bob"));
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Fifty_racing_registrations_get_as_many_certificates_as_the_token_has_uses(int uses)
    {
        var token = await _service.TokenAsync(uses: uses);
        var secret = RegistrationTokenText.Parse(token).Secret;
        var clients = Enumerable.Range(0, 50).Select(_ => _service.NewClient()).ToList();
        // Everything but the one request is ready before the start, so that all of them meet at the token.
        var requests = await Task.WhenAll(clients.Select(async http =>
        {
            var device = new TestDevice();
            return (Http: http, Body: device.Request(device.Proof(await TestDevice.NonceAsync(http))));
        }));
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var race = requests.Select(async r =>
        {
            await start.Task;
            return await TestDevice.PostAsync(r.Http, RegistrationPaths.Register, r.Body, secret);
        }).ToList();
        start.SetResult();
        var responses = await Task.WhenAll(race);

        var won = responses.Where(r => r.StatusCode == HttpStatusCode.Created).ToList();
        Assert.Equal(uses, won.Count);
        foreach (var lost in responses.Except(won))
            Assert.Equal((HttpStatusCode.Forbidden, RegistrationProblems.TokenUsed), (lost.StatusCode, await lost.ProblemAsync()));
        var certificates = await Task.WhenAll(won.Select(r => r.CertificateAsync()));
        var dense = Enumerable.Range(1, uses).Select(n => (ulong)n);
        Assert.Equal(dense, certificates.Select(c => c.DeviceNo).Order());
        Assert.Equal(dense, certificates.Select(c => c.Serial).Order());
        Assert.Equal(uses, (await _service.Admin.ListDevicesAsync(null, default)).Value().Devices.Count);
        clients.ForEach(c => c.Dispose());
    }

    [SkippableFact]
    public async Task A_new_token_renews_a_known_device_under_its_own_number()
    {
        var device = new TestDevice();
        using var first = await device.RegisterAsync(_service.Http, await _service.TokenAsync());
        using var second = await device.RegisterAsync(_service.Http, await _service.TokenAsync());

        var (before, after) = (await first.CertificateAsync(), await second.CertificateAsync());
        Assert.Equal(before.DeviceNo, after.DeviceNo);
        Assert.True(after.Serial > before.Serial);
    }

    [SkippableFact]
    public async Task The_quota_refuses_the_next_device_and_leaves_its_token_good()
    {
        var token = await _service.TokenAsync(uses: 2);
        (await _service.Admin.SetQuotaAsync(AccountId.Parse("alice"), new AdministrationMessages.SetQuota(1), default)).Value();
        var (first, second) = (new TestDevice(), new TestDevice());
        using (await first.RegisterAsync(_service.Http, token)) { }

        await second.RegisterAsync(_service.Http, token).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.QuotaExceeded);

        (await _service.Admin.RevokeDeviceAsync(first.Id.ToString(), new AdministrationMessages.RevokeDevice(), default)).Value();
        using var response = await second.RegisterAsync(_service.Http, token);
        Assert.Equal(2UL, (await response.CertificateAsync()).DeviceNo);
    }

    [SkippableFact]
    public async Task A_device_id_of_another_account_is_taken()
    {
        var device = new TestDevice();
        using (await device.RegisterAsync(_service.Http, await _service.TokenAsync())) { }
        var nonce = await TestDevice.NonceAsync(_service.Http);
        var payload = device.Payload(nonce);
        payload.AccountId = "bob";
        var proof = SignedBlobs.Sign(device.Key, SignatureContext.RegistrationProof, payload).ToText();

        await TestDevice.PostAsync(_service.Http, RegistrationPaths.Register, device.Request(proof) with { AccountId = "bob" },
                RegistrationTokenText.Parse(await _service.TokenAsync("bob")).Secret)
            .RefusedAsync(HttpStatusCode.Conflict, RegistrationProblems.DeviceIdTaken);
    }
}
