using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Http;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Http;

public sealed class ServiceSurfaceTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_device_with_only_a_token_can_tell_the_services_tls_key()
    {
        var token = RegistrationTokenText.Parse(await _service.TokenAsync());
        X509Certificate2? seen = null;
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            (seen = new X509Certificate2(certificate!)).RawData.Length > 0;
        using var http = new HttpClient(handler) { BaseAddress = _service.Url };
        using var response = await http.GetAsync(new Uri(RegistrationPaths.TrustRoot, UriKind.Relative));
        var answer = await response.ReadAsync<RegistrationMessages.TrustRootResponse>();

        var trust = TrustRoot.Parse(answer.TrustRoot);
        Assert.True(trust.Fingerprint.Span.SequenceEqual(token.TrustRootFingerprint.Span));
        var endpoint = SignedBlobs.Parse(answer.TlsEndpoint, "endpoint");
        var payload = Messages.Parse(TlsEndpointPayload.Parser, endpoint.Payload.Span, "endpoint");
        Assert.True(trust.Vouches(TrustKey.Types.Role.Issuing, endpoint, SignatureContext.TlsEndpoint, DateTimeOffset.FromUnixTimeSeconds(payload.IssuedAt)));
        Assert.Equal(SHA256.HashData(seen!.PublicKey.ExportSubjectPublicKeyInfo()), payload.SpkiSha256.ToByteArray());
        Assert.Equal("sha256:" + seen.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(), _service.Web.Tls.Fingerprint);
        seen.Dispose();
    }

    [Fact]
    public async Task A_restart_keeps_trust_root_tls_key_and_admin_credential()
    {
        var before = (_service.Core.Trust.ToText(), _service.Web.Tls.Fingerprint, _service.AdminCredential);
        _service = await _service.RestartAsync();

        Assert.Equal(before, (_service.Core.Trust.ToText(), _service.Web.Tls.Fingerprint, _service.AdminCredential));
    }

    [Fact]
    public async Task Nothing_but_TLS_1_3_is_spoken()
    {
        using var plain = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetAsync(new Uri($"http://127.0.0.1:{_service.Url.Port}{RegistrationPaths.Health}")));

        Assert.Equal(SslProtocols.Tls13, await SpokenAsync(SslProtocols.Tls12 | SslProtocols.Tls13));
        await Assert.ThrowsAnyAsync<Exception>(() => SpokenAsync(SslProtocols.Tls12));
    }

    private async Task<SslProtocols> SpokenAsync(SslProtocols offered)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, _service.Url.Port);
        await using var tls = new SslStream(tcp.GetStream(), false, (_, shown, _, _) => shown!.GetCertHashString(HashAlgorithmName.SHA256) == _service.Web.Tls.Leaf.GetCertHashString(HashAlgorithmName.SHA256));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = offered });
        return tls.SslProtocol;
    }

    [Theory]
    [InlineData(RegistrationPaths.Health, 200)]
    [InlineData(RegistrationPaths.RevocationList + "?wait=x", 400)]
    [InlineData("/v1/admin/devices", 401)]
    [InlineData("/nothing", 404)]
    public async Task Browsers_are_told_to_make_nothing_of_any_answer(string path, int status)
    {
        using var response = await _service.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["default-src 'none'; frame-ancestors 'none'"], response.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal(["no-referrer"], response.Headers.GetValues("Referrer-Policy"));
        Assert.Equal(["same-origin"], response.Headers.GetValues("Cross-Origin-Resource-Policy"));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task The_OpenAPI_document_describes_every_path()
    {
        using var document = JsonDocument.Parse(await _service.Http.GetStringAsync(new Uri(RegistrationPaths.OpenApi, UriKind.Relative)));
        var described = document.RootElement.GetProperty("paths").EnumerateObject().Select(p => p.Name).ToList();

        string[] expected = [RegistrationPaths.Challenge, RegistrationPaths.Register, RegistrationPaths.Promote, RegistrationPaths.Withdraw, RegistrationPaths.Renew, RegistrationPaths.DiscoveryKey, RegistrationPaths.Revoke,
            RegistrationPaths.RevocationList, RegistrationPaths.RevocationDelta, RegistrationPaths.TrustRoot, RegistrationPaths.Health];
        Assert.Equal(expected.Order(), described.Order());
        var fields = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("RegisterRequest").GetProperty("properties");
        Assert.Contains("pubkey_ed25519", fields.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task Health_answers()
    {
        using var response = await _service.Http.GetAsync(new Uri(RegistrationPaths.Health, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public void Every_stable_code_has_a_status_and_a_title()
    {
        var codes = typeof(RegistrationProblems).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(f => f.Name != nameof(RegistrationProblems.TypePrefix)).Select(f => (string)f.GetRawConstantValue()!);
        Assert.All(codes, code => Assert.InRange(Problems.Of(new Refusal(code, "because")).StatusCode, 400, 503));
    }

    [Fact]
    public async Task Nothing_secret_is_logged_at_any_level()
    {
        var token = await _service.TokenAsync();
        var device = new TestDevice();
        using var registered = await device.RegisterAsync(_service.Http, token);
        var key = await registered.DiscoveryKeyAsync();
        using (await device.RegisterAsync(_service.Http, token)) { }
        using (await device.RenewAsync(_service.Http)) { }
        using (await device.AskForKeyAsync(_service.Http)) { }
        using (await TestDevice.PostAsync(_service.Http, RegistrationPaths.Revoke, new RegistrationMessages.RevokeRequest(device.Id.ToString()), _service.AdminCredential)) { }
        using (await TestDevice.PostAsync(_service.Http, RegistrationPaths.Revoke, new { device_id = 7 }, _service.AdminCredential)) { }
        (await _service.Admin.CreateTokenAsync(new AdministrationMessages.CreateToken("bob", 1, 60), default)).Value();

        var admin = (await _service.Admin.CreateAdminAsync(new AdministrationMessages.CreateAdmin("dana", "admin"), default)).Value().Token;
        using (await TestDevice.PostAsync(_service.Http, "/v1/admin/tokens", new AdministrationMessages.CreateToken("carol", 1, 60), admin)) { }

        var lines = _service.Log.Lines;
        Assert.Contains(lines, l => l.Contains(RegistrationPaths.Register, StringComparison.Ordinal));
        string[] secrets = [RegistrationTokenText.Parse(token).Secret, token, _service.AdminCredential, admin,
            (await File.ReadAllTextAsync(_service.Data.SigningKeyPassphrase)).Trim(), Base64Url.Encode(key.Secret.Span), key.Blob.ToText()];
        Assert.All(lines, line => Assert.DoesNotContain(secrets, secret => line.Contains(secret, StringComparison.Ordinal)));
    }
}
