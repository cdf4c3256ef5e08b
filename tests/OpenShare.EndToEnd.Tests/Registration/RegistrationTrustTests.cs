using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenShare.Device.Registration;
using OpenShare.Device.Registration.Http;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Protocol.Registration;

namespace OpenShare.EndToEnd.Tests.Registration;

/// <summary>Who gets to see a token: the real service over real HTTPS, and those who stand in its place.</summary>
[Collection(Processes.Name)]
public sealed class RegistrationTrustTests(SharedServer shared) : IDisposable
{
    private readonly HttpRegistrationService _service = new();

    [Fact]
    public async Task A_device_registers_with_nothing_but_its_token_and_renews()
    {
        var driver = new RegistrationDriver(_service);

        Assert.IsType<RegistrationStatus.Certified>(await driver.RegisterAsync(shared.Server.Url, await Token()));

        Assert.True(driver.Contacts[0].IsUnproven);
        Assert.All(driver.Contacts.Skip(1), c => Assert.NotNull(c.Pin));
        var first = driver.Held.Issued.Certificate;
        var renewed = (await driver.RenewAsync()).Issued.Certificate;
        Assert.Equal((first.DeviceId, first.DeviceNo), (renewed.DeviceId, renewed.DeviceNo));
        Assert.True(renewed.Serial > first.Serial);
    }

    [Fact]
    public async Task A_lost_answer_is_given_again_to_the_same_key_and_to_no_other()
    {
        var token = await Token();
        var driver = new RegistrationDriver(_service);
        await driver.RegisterAsync(shared.Server.Url, token);
        var first = driver.Held.Issued.Certificate;

        await driver.RegisterAsync(shared.Server.Url, token);
        Assert.Equal(first.Serial, driver.Held.Issued.Certificate.Serial);

        var other = await new RegistrationDriver(_service).RegisterAsync(shared.Server.Url, token);
        Assert.Equal(RegistrationRefusal.BadToken, Assert.IsType<RegistrationStatus.Refused>(other).Reason);
    }

    [Fact]
    public async Task A_relay_that_repeats_the_trust_root_over_its_own_TLS_is_refused_before_the_token_is_sent()
    {
        using var relay = TlsHost.RelayTo(shared.Server.Port);
        var token = await Token();

        var status = await new RegistrationDriver(_service).RegisterAsync(relay.Url, token);

        Assert.Equal(RegistrationRefusal.WrongServer, Assert.IsType<RegistrationStatus.Refused>(status).Reason);
        // The relay worked, and learned nothing by it.
        Assert.Contains("GET /v1/trust-root", relay.Heard, StringComparison.Ordinal);
        Assert.DoesNotContain("/v1/device", relay.Heard, StringComparison.Ordinal);
        Assert.DoesNotContain(RegistrationTokenText.Parse(token).Secret, relay.Heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_relay_that_appears_after_the_proof_gets_no_request()
    {
        using var relay = TlsHost.RelayTo(shared.Server.Port);
        var token = RegistrationTokenText.Parse(await Token());
        var honest = Good(await _service.GetTrustRoot(new ServiceContact(new Uri(shared.Server.Url), null, null), default));
        var pin = ServiceProof.Pin(honest, ServiceProof.ReadTrust(honest, token.TrustRootFingerprint.Span).Newest, DateTimeOffset.UtcNow);

        var answer = await _service.GetChallenge(new ServiceContact(new Uri(relay.Url), null, pin), default);

        Assert.IsType<ServiceFailure.Untrusted>(Failure(answer));
        Assert.Empty(relay.Heard);
    }

    [Fact]
    public async Task A_service_that_shows_another_TLS_key_since_is_proven_anew_and_by_the_old_proof_asked_nothing_more()
    {
        using var server = await Server.StartAsync();
        var driver = new RegistrationDriver(_service);
        await driver.RegisterAsync(server.Url, await server.TokenAsync("trust"));
        var (before, old) = (driver.Held.Issued.Certificate, driver.Contacts[^1]);
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        using (var other = new CertificateRequest("CN=another", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1)))
        {
            await File.WriteAllTextAsync(Path.Combine(server.Data, "tls-key.pem"), key.ExportPkcs8PrivateKeyPem());
            await File.WriteAllTextAsync(Path.Combine(server.Data, "tls-certificate.pem"), other.ExportCertificatePem());
        }
        await Eventually.TrueAsync("the other certificate is shown", Patience.Short, async () => (await CertificateOf(server.Port)).Subject == "CN=another");

        var renewed = (await driver.RenewAsync()).Issued.Certificate;
        Assert.True(renewed.Serial > before.Serial);
        Assert.NotEqual(old.Pin, driver.Contacts[^1].Pin);
        using var fresh = new HttpRegistrationService();
        Assert.IsType<ServiceFailure.Untrusted>(Failure(await fresh.GetChallenge(old, default)));
    }

    [Fact]
    public async Task A_service_of_another_organisation_is_refused_before_the_token_is_sent()
    {
        using var other = await Server.StartAsync();
        var driver = new RegistrationDriver(_service);

        var status = await driver.RegisterAsync(other.Url, await Token());

        Assert.Equal(RegistrationRefusal.WrongServer, Assert.IsType<RegistrationStatus.Refused>(status).Reason);
        Assert.True(Assert.Single(driver.Contacts).IsUnproven);
    }

    [Fact]
    public async Task A_given_fingerprint_must_be_that_of_the_TLS_certificate()
    {
        using var relay = TlsHost.RelayTo(shared.Server.Port);
        var certificate = await CertificateOf(shared.Server.Port);
        var right = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));

        Assert.IsType<RegistrationStatus.Certified>(await new RegistrationDriver(_service).RegisterAsync(shared.Server.Url, await Token(), right));
        Assert.IsType<RegistrationStatus.Refused>(await new RegistrationDriver(_service).RegisterAsync(relay.Url, await Token(), right));
        Assert.Empty(relay.Heard);
    }

    [Fact]
    public async Task A_given_authority_must_have_certified_the_address()
    {
        using var relay = TlsHost.RelayTo(shared.Server.Port);
        var authority = (await CertificateOf(shared.Server.Port)).ExportCertificatePem();

        Assert.IsType<RegistrationStatus.Certified>(await new RegistrationDriver(_service).RegisterAsync(shared.Server.Url, await Token(), authority));
        Assert.IsType<RegistrationStatus.Refused>(await new RegistrationDriver(_service).RegisterAsync(relay.Url, await Token(), authority));
        Assert.Empty(relay.Heard);
    }

    [Fact]
    public async Task Nothing_but_the_trust_root_can_be_asked_of_an_unproven_service()
    {
        var contact = new ServiceContact(new Uri(shared.Server.Url), null, null);
        await Assert.ThrowsAsync<ArgumentException>(() => _service.GetChallenge(contact, default));
        await Assert.ThrowsAsync<ArgumentException>(() => _service.GetRevocationList(contact, 0, null, TimeSpan.Zero, default));
    }

    public void Dispose() => _service.Dispose();

    private Task<string> Token() => shared.Server.TokenAsync("trust");

    private static T Good<T>(ServiceAnswer<T> answer) => Assert.IsType<ServiceAnswer<T>.Good>(answer).Value;

    private static ServiceFailure Failure<T>(ServiceAnswer<T> answer) => Assert.IsType<ServiceAnswer<T>.Failed>(answer).Failure;

    private static async Task<X509Certificate2> CertificateOf(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
#pragma warning disable CA5359 // Only looks at the certificate.
        await using var tls = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync("127.0.0.1");
        return X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.GetRawCertData());
    }
}
