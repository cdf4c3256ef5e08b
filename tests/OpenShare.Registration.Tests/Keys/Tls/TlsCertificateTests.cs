using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Keys.Tls;

public sealed class TlsCertificateTests : IDisposable
{
    private readonly TempDirectory _files = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _given;

    public TlsCertificateTests() => _given = new CertificateRequest("CN=given", _key, HashAlgorithmName.SHA256)
        .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));

    public void Dispose()
    {
        _given.Dispose();
        _key.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a passphrase")]
    public async Task A_given_PFX_is_what_TLS_shows(string? passphrase)
    {
        await File.WriteAllBytesAsync(_files.File("tls.pfx"), _given.Export(X509ContentType.Pkcs12, passphrase));
        await File.WriteAllTextAsync(_files.File("passphrase"), passphrase + "\n");
        await AnswersWithTheGivenOneAsync("tls.pfx", null, passphrase is null ? null : _files.File("passphrase"));
    }

    [Fact]
    public async Task A_given_PEM_and_its_key_are_what_TLS_shows()
    {
        await File.WriteAllTextAsync(_files.File("tls.pem"), _given.ExportCertificatePem());
        await File.WriteAllTextAsync(_files.File("key.pem"), _key.ExportPkcs8PrivateKeyPem());
        await AnswersWithTheGivenOneAsync("tls.pem", _files.File("key.pem"), null);
    }

    [Theory]
    [InlineData("not there", null)]
    [InlineData("garbage", "garbage")]
    [InlineData("without key", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public async Task One_that_cannot_be_used_is_said_by_name(string name, string? content)
    {
        if (content is not null)
            await File.WriteAllTextAsync(_files.File(name), content);
        var error = await Assert.ThrowsAsync<UserError>(() => TestService.StartAsync(o => o with { TlsCertificateFile = _files.File(name) }));
        Assert.Contains(_files.File(name), error.Message, StringComparison.Ordinal);
    }

    private async Task AnswersWithTheGivenOneAsync(string certificate, string? key, string? passphraseFile)
    {
        await using var service = await TestService.StartAsync(o => o with
        {
            TlsCertificateFile = _files.File(certificate),
            TlsKeyFile = key,
            TlsPassphraseFile = passphraseFile,
        });
        string? shown = null;
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, seen, _, _) => (shown = seen!.GetCertHashString()) == _given.GetCertHashString();
        using var http = new HttpClient(handler) { BaseAddress = service.Url };
        using var response = await http.GetAsync(new Uri(RegistrationPaths.Health, UriKind.Relative));
        Assert.Equal(_given.GetCertHashString(), shown);
        Assert.False(File.Exists(service.Data.TlsKey));
    }
}
