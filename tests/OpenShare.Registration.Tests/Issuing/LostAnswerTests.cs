using System.Net;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Issuing;

/// <summary>A 201 that got lost: the device asks again with its spent token. Never a second device, never a burnt token.</summary>
public class LostAnswerTests : IAsyncLifetime
{
    private readonly TestDevice _device = new();
    private TestService _service = null!;

    protected virtual bool OnPostgres => false;
    private string _token = null!;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync(onPostgres: OnPostgres);
        _token = await _service.TokenAsync();
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [SkippableFact]
    public async Task The_same_device_gets_the_same_certificate_again_for_a_day()
    {
        using var first = await _device.RegisterAsync(_service.Http, _token);
        // Past the token's own hour, and past a restart of the service.
        _service.Time.Advance(TimeSpan.FromHours(23));
        _service = await _service.RestartAsync();
        using var again = await _device.RegisterAsync(_service.Http, _token);

        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Single((await _service.Admin.ListDevicesAsync(null, default)).Value().Devices);
    }

    [SkippableFact]
    public async Task After_a_day_the_token_is_spent_for_it_too()
    {
        using (await _device.RegisterAsync(_service.Http, _token)) { }
        _service.Time.Advance(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1));

        await _device.RegisterAsync(_service.Http, _token).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.TokenUsed);
    }

    [SkippableFact]
    public async Task Twenty_racing_repeats_of_one_device_make_one_device_and_one_certificate()
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _device.RegisterAsync(_service.Http, _token)));

        Assert.All(responses, r => Assert.Equal(HttpStatusCode.Created, r.StatusCode));
        var certificates = await Task.WhenAll(responses.Select(r => r.CertificateAsync()));
        Assert.Single(certificates.Select(c => c.Serial).Distinct());
    }

    [SkippableFact]
    public async Task A_use_is_taken_once_by_each_device_of_a_token_for_several()
    {
        var token = await _service.TokenAsync(uses: 2);
        var (first, second, third) = (new TestDevice(), new TestDevice(), new TestDevice());
        foreach (var device in new[] { first, first, second, first })
        {
            using var response = await device.RegisterAsync(_service.Http, token);
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }

        await third.RegisterAsync(_service.Http, token).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.TokenUsed);
    }

    [SkippableFact]
    public async Task Another_device_gets_nothing_for_a_spent_token()
    {
        using (await _device.RegisterAsync(_service.Http, _token)) { }

        await new TestDevice().RegisterAsync(_service.Http, _token).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.TokenUsed);
    }

    [SkippableFact]
    public async Task A_revoked_device_gets_nothing_again_with_any_token()
    {
        using (await _device.RegisterAsync(_service.Http, _token)) { }
        (await _service.Admin.RevokeDeviceAsync(_device.Id.ToString(), new AdministrationMessages.RevokeDevice(), default)).Value();

        await _device.RegisterAsync(_service.Http, _token).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.DeviceRevoked);
        await _device.RegisterAsync(_service.Http, await _service.TokenAsync()).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.DeviceRevoked);
    }

    [SkippableFact]
    public async Task The_repeat_needs_a_fresh_proof_by_the_devices_key()
    {
        using (await _device.RegisterAsync(_service.Http, _token)) { }
        var nonce = await TestDevice.NonceAsync(_service.Http);
        var forged = _device.Request(_device.Proof(nonce, signer: new TestDevice().Key));

        await TestDevice.PostAsync(_service.Http, RegistrationPaths.Register, forged, RegistrationTokenText.Parse(_token).Secret)
            .RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.KeyNotProven);
    }
}
