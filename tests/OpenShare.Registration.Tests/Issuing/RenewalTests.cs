using System.Net;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Issuing;

public sealed class RenewalTests : IAsyncLifetime
{
    private readonly TestDevice _device = new();
    private TestService _service = null!;
    private DeviceCertificate _first = null!;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync(o => o with { CertificateLifetime = TimeSpan.FromDays(10) });
        using var response = await _device.RegisterAsync(_service.Http, await _service.TokenAsync());
        _first = await response.CertificateAsync();
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_renewal_gives_the_same_device_a_new_serial_and_a_later_end()
    {
        _service.Time.Advance(TimeSpan.FromDays(9));
        _device.Name = "Alice's new name";
        using var response = await _device.RenewAsync(_service.Http);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var renewed = await response.CertificateAsync();
        Assert.Equal((_first.DeviceId, _first.DeviceNo, _first.Serial + 1), (renewed.DeviceId, renewed.DeviceNo, renewed.Serial));
        Assert.Equal(_first.ExpiresAt.AddDays(9), renewed.ExpiresAt);
        Assert.Equal("Alice's new name", renewed.Name);
        Assert.True(renewed.IsVouchedFor(_service.Core.Trust));
    }

    [Theory]
    [InlineData(30, 29, true)]
    [InlineData(30, 31, false)]
    [InlineData(0, 1, false)]
    public async Task A_device_that_was_off_past_its_certificates_end_is_renewed_as_long_as_the_policy_says(int allowedDays, int days, bool isRenewed)
    {
        _service = await _service.RestartAsync(o => o with { RenewExpired = TimeSpan.FromDays(allowedDays) });
        _service.Time.Advance(TimeSpan.FromDays(10 + days));

        using var response = await _device.RenewAsync(_service.Http);
        if (isRenewed)
        {
            Assert.Equal((_first.DeviceNo, _first.Serial + 1), await response.CertificateAsync() is var renewed ? (renewed.DeviceNo, renewed.Serial) : default);
            return;
        }
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.Forbidden, RegistrationProblems.CertificateExpired), (response.StatusCode, await response.ProblemAsync()));
        Assert.Contains(allowedDays > 0 ? "renewed for 30d after that" : "expired at", text, StringComparison.Ordinal);
        Assert.Contains("with a new token", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_device_that_was_off_past_its_certificates_end_is_not_renewed()
    {
        (await _service.Admin.RevokeDeviceAsync(_device.Id.ToString(), new AdministrationMessages.RevokeDevice(), default)).Value();
        _service.Time.Advance(TimeSpan.FromDays(11));

        await _device.RenewAsync(_service.Http).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.DeviceRevoked);
    }

    [Fact]
    public async Task An_expired_certificate_gets_its_device_nothing_but_a_renewal()
    {
        _service.Time.Advance(TimeSpan.FromDays(11));
        await _device.AskForKeyAsync(_service.Http).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.CertificateExpired);

        using (await _device.RenewAsync(_service.Http)) { }

        using var key = await _device.AskForKeyAsync(_service.Http);
        Assert.Equal(HttpStatusCode.OK, key.StatusCode);
    }

    [Fact]
    public async Task A_revoked_device_is_not_renewed()
    {
        (await _service.Admin.RevokeDeviceAsync(_device.Id.ToString(), new AdministrationMessages.RevokeDevice(), default)).Value();

        await _device.RenewAsync(_service.Http).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.DeviceRevoked);
    }

    [Fact]
    public async Task A_device_nobody_registered_is_not_renewed() =>
        await new TestDevice().RenewAsync(_service.Http).RefusedAsync(HttpStatusCode.NotFound, RegistrationProblems.DeviceUnknown);

    [Fact]
    public async Task Only_the_devices_own_key_renews_it()
    {
        var nonce = await TestDevice.NonceAsync(_service.Http);
        var forged = _device.Proof(nonce, SignatureContext.RenewalProof, new TestDevice().Key);
        var ofTheWrongKind = _device.Proof(nonce);
        var aboutAnother = new TestDevice().Payload(nonce);

        foreach (var proof in new[] { forged, ofTheWrongKind, SignedBlobs.Sign(_device.Key, SignatureContext.RenewalProof, aboutAnother).ToText() })
        {
            await TestDevice.PostAsync(_service.Http, RegistrationPaths.Renew, new RegistrationMessages.RenewRequest(_device.Id.ToString(), proof))
                .RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.KeyNotProven);
        }
    }
}
