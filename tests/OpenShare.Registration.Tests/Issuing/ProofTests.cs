using System.Net;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Issuing;

public sealed class ProofTests : IAsyncLifetime
{
    private readonly TestDevice _device = new();
    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData("device_id")]
    [InlineData("account_id")]
    [InlineData("pubkey_ed25519")]
    [InlineData("name")]
    [InlineData("platform")]
    [InlineData("app_version")]
    public async Task A_proof_about_anything_else_than_the_request_is_refused(string field)
    {
        var payload = _device.Payload(await TestDevice.NonceAsync(_service.Http));
        var descriptor = RegistrationProofPayload.Descriptor.FindFieldByName(field);
        descriptor.Accessor.SetValue(payload, descriptor.Accessor.GetValue(payload) is string ? "other" : ByteString.CopyFrom(new byte[32]));

        await RefusedAsync(SignedBlobs.Sign(_device.Key, SignatureContext.RegistrationProof, payload).ToText());
    }

    [Fact]
    public async Task A_proof_by_another_key_is_refused() =>
        await RefusedAsync(_device.Proof(await TestDevice.NonceAsync(_service.Http), signer: new TestDevice().Key));

    [Fact]
    public async Task A_proof_of_another_kind_is_refused() =>
        await RefusedAsync(_device.Proof(await TestDevice.NonceAsync(_service.Http), SignatureContext.RenewalProof));

    [Fact]
    public async Task A_nonce_is_good_for_five_minutes()
    {
        var nonce = await TestDevice.NonceAsync(_service.Http);
        _service.Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));

        await RefusedAsync(_device.Proof(nonce));
    }

    [Fact]
    public async Task A_nonce_the_service_did_not_make_is_refused()
    {
        await using var other = await TestService.StartAsync();
        await RefusedAsync(_device.Proof(await TestDevice.NonceAsync(other.Http)));
        await RefusedAsync(_device.Proof([]));
        var nonce = await TestDevice.NonceAsync(_service.Http);
        for (var i = 0; i < nonce.Length; i++)
        {
            nonce[i] ^= 1;
            await RefusedAsync(_device.Proof(nonce));
            nonce[i] ^= 1;
        }
    }

    [Fact]
    public async Task A_nonce_outlives_a_restart_of_the_service()
    {
        var proof = _device.Proof(await TestDevice.NonceAsync(_service.Http));
        var token = await _service.TokenAsync();
        _service = await _service.RestartAsync();

        using var response = await TestDevice.PostAsync(
            _service.Http, RegistrationPaths.Register, _device.Request(proof), RegistrationTokenText.Parse(token).Secret);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    private async Task RefusedAsync(string proof) =>
        await TestDevice.PostAsync(
                _service.Http, RegistrationPaths.Register, _device.Request(proof), RegistrationTokenText.Parse(await _service.TokenAsync()).Secret)
            .RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.KeyNotProven);
}
