using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Keys.Tls;

/// <summary>The TLS certificate's files are exchanged while the service runs.</summary>
public sealed class TlsRenewalTests : IAsyncLifetime, IDisposable
{
    private readonly TempDirectory _files = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private TestService _service = null!;

    public async Task InitializeAsync()
    {
        Write(_key);
        _service = await TestService.StartAsync(o => o with { TlsCertificateFile = _files.File("tls.pem"), TlsKeyFile = _files.File("key.pem") });
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    public void Dispose()
    {
        _key.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_to_whoever_connects_next_and_the_trust_root_needs_no_other_word()
    {
        using var open = new Connection(_service);
        var before = await open.AskAsync();
        Write(_key);
        await NoticedAsync();

        using var next = new Connection(_service);
        var after = await next.AskAsync();
        Assert.NotEqual(before.Fingerprint, after.Fingerprint);
        Assert.Equal(before.Key, after.Key);
        Assert.Equal([after.Key, after.Key], [before.VouchedFor, after.VouchedFor]);
        Assert.Contains(_service.Log.Lines, l => l.Contains("TLS shows another certificate", StringComparison.Ordinal) && l.Contains("the \"same\" key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_connection_is_vouched_for_by_the_key_that_it_showed()
    {
        using var open = new Connection(_service);
        var before = await open.AskAsync();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write(other);
        await NoticedAsync();

        using var next = new Connection(_service);
        var (after, still) = (await next.AskAsync(), await open.AskAsync());
        Assert.NotEqual(before.Key, after.Key);
        Assert.Equal(after.Key, after.VouchedFor);
        Assert.Equal((before.Key, before.Key), (still.Key, still.VouchedFor));
    }

    [Fact]
    public async Task What_cannot_be_used_is_said_once_and_what_was_shown_is_shown_on()
    {
        using var first = new Connection(_service);
        var before = await first.AskAsync();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // The certificate is there already and its key is not: half of an exchange.
        await File.WriteAllTextAsync(_files.File("key.pem"), other.ExportPkcs8PrivateKeyPem());
        await Eventually.TrueAsync(() => Task.FromResult(Passes("cannot be used")), n => n == 1);
        for (var n = 0; n < 5; n++)
            _service.Time.Advance(TimeSpan.FromSeconds(10));
        using var next = new Connection(_service);
        Assert.Equal(before.Fingerprint, (await next.AskAsync()).Fingerprint);

        Write(other);
        await NoticedAsync();
        Assert.Equal(1, Passes("cannot be used"));
        using var last = new Connection(_service);
        Assert.NotEqual(before.Key, (await last.AskAsync()).Key);
    }

    private void Write(ECDsa key)
    {
        using var certificate = new CertificateRequest("CN=given", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        File.WriteAllText(_files.File("key.pem"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(_files.File("tls.pem"), certificate.ExportCertificatePem());
    }

    private Task NoticedAsync() => Eventually.TrueAsync(() => Task.FromResult(Passes("TLS shows another certificate")), n => n > 0);

    /// <summary>Lets some time go by, and counts the lines that say this.</summary>
    private int Passes(string text)
    {
        _service.Time.Advance(TimeSpan.FromSeconds(10));
        return _service.Log.Lines.Count(l => l.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>One connection that stays open: what it showed, and for which key the trust root vouches over it.</summary>
    private sealed class Connection : IDisposable
    {
        private readonly HttpClient _http;
        private (string Fingerprint, string Key) _shown;

        public Connection(TestService service)
        {
            var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                var shown = (X509Certificate2)certificate!;
                _shown = (shown.Thumbprint, Convert.ToHexString(SHA256.HashData(shown.PublicKey.ExportSubjectPublicKeyInfo())));
                return shown.Subject == "CN=given";
            };
            _http = new HttpClient(handler) { BaseAddress = service.Url };
        }

        public async Task<(string Fingerprint, string Key, string VouchedFor)> AskAsync()
        {
            using var response = await _http.GetAsync(new Uri(RegistrationPaths.TrustRoot, UriKind.Relative));
            var signed = SignedBlobs.Parse((await response.ReadAsync<RegistrationMessages.TrustRootResponse>()).TlsEndpoint, "endpoint");
            var payload = Messages.Parse(TlsEndpointPayload.Parser, signed.Payload.Span, "endpoint");
            return (_shown.Fingerprint, _shown.Key, Convert.ToHexString(payload.SpkiSha256.Span));
        }

        public void Dispose() => _http.Dispose();
    }
}
