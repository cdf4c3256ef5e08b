using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Tests.Support;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Tests.Administration;

/// <summary>Administrators who prove themselves by a certificate in TLS.</summary>
public sealed class AdminCertificateTests : IAsyncLifetime
{
    private const string Client = "1.3.6.1.5.5.7.3.2";
    private const string Server = "1.3.6.1.5.5.7.3.1";

    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("osr-");
    private X509Certificate2 _authority = null!;
    private TestService _service = null!;

    public async Task InitializeAsync()
    {
        _authority = Authority();
        var file = Path.Combine(_files.FullName, "authorities.pem");
        await File.WriteAllTextAsync(file, _authority.ExportCertificatePem());
        _service = await TestService.StartAsync(o => o with { AdminAuthoritiesFile = file });
        (await _service.Admin.CreateAdminAsync(new CreateAdmin("dana", "auditor"), default)).Value();
    }

    [Fact]
    public async Task It_stands_for_the_administrator_it_names_with_their_role()
    {
        using var http = With(Issue(_authority, "dana"));

        Assert.Equal(new Me("dana", "auditor"), await http.GetFromJsonAsync<Me>("/v1/admin/me", RegistrationJson.Options));
        await TestDevice.PostAsync(http, "/v1/admin/tokens", new CreateToken("alice", 1, 60)).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.RoleInsufficient);
    }

    [Fact]
    public async Task Whoever_is_revoked_here_is_refused_with_the_next_request()
    {
        using var http = With(Issue(_authority, "dana"));
        (await http.GetAsync(new Uri("/v1/admin/me", UriKind.Relative))).EnsureSuccessStatusCode().Dispose();

        (await _service.Admin.RevokeAdminAsync("dana", default)).Value();

        await RefusedAsync(http);
    }

    [Fact]
    public async Task Nobody_else_s_certificate_counts()
    {
        using var stranger = Authority();
        var now = _service.Time.GetUtcNow();
        X509Certificate2[] others =
        [
            Issue(_authority, "erin"), Issue(stranger, "dana"), Issue(_authority, "dana", usage: Server), Issue(_authority, "dana", now.AddDays(-10), now.AddDays(-1)),
            Issue(_authority, "dana", now.AddDays(1), now.AddDays(10)), Issue(_authority, "owner"), Issue(_authority, "admin-credential"),
        ];
        foreach (var other in others)
        {
            using var http = With(other);
            await RefusedAsync(http);
        }
    }

    [Theory]
    [InlineData("OU=dana")]
    [InlineData("O=dana")]
    [InlineData("E=dana")]
    [InlineData("CN=dana, CN=dana")]
    [InlineData("CN=erin, CN=dana")]
    [InlineData("CN=dana, CN=erin")]
    [InlineData("CN=dana + OU=People")]
    public async Task Nothing_but_one_common_name_names_anybody(string subject)
    {
        using var http = With(IssueTo(_authority, subject));

        await RefusedAsync(http);
    }

    [Fact]
    public async Task What_else_the_subject_says_does_not_matter()
    {
        using var http = With(IssueTo(_authority, "CN=dana, OU=erin, O=Example"));

        Assert.Equal(new Me("dana", "auditor"), await http.GetFromJsonAsync<Me>("/v1/admin/me", RegistrationJson.Options));
    }

    [Fact]
    public async Task A_certificate_that_does_not_say_that_it_is_for_clients_counts_for_nobody()
    {
        using var http = With(Issue(_authority, "dana", usage: null));

        await RefusedAsync(http);
    }

    [Fact]
    public async Task Another_site_s_page_is_not_the_administrator()
    {
        using var http = With(Issue(_authority, "dana"));
        http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");

        await RefusedAsync(http);
    }

    [Fact]
    public async Task A_token_that_is_shown_counts_alone()
    {
        using var http = With(Issue(_authority, "dana"));
        http.DefaultRequestHeaders.Add("Authorization", "Bearer osa1_nobody's");

        await RefusedAsync(http);
    }

    [Fact]
    public async Task Devices_need_none()
    {
        using var registered = await new TestDevice().RegisterAsync(_service.Http, await _service.TokenAsync());

        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
    }

    [Fact]
    public async Task Where_none_is_asked_for_none_counts()
    {
        await using var other = await TestService.StartAsync();
        (await other.Admin.CreateAdminAsync(new CreateAdmin("dana", "admin"), default)).Value();
        using var http = other.NewClient(Issue(_authority, "dana"));

        await RefusedAsync(http);
    }

    [Fact]
    public async Task A_file_without_a_certificate_is_said()
    {
        var empty = Path.Combine(_files.FullName, "empty.pem");
        await File.WriteAllTextAsync(empty, "nothing");

        var error = await Assert.ThrowsAsync<UserError>(() => TestService.StartAsync(o => o with { AdminAuthoritiesFile = empty }));

        Assert.Contains("There is no certificate in", error.Message, StringComparison.Ordinal);
    }

    public async Task DisposeAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
        _authority.Dispose();
        _files.Delete(recursive: true);
    }

    private HttpClient With(X509Certificate2 certificate) => _service.NewClient(certificate);

    private static async Task RefusedAsync(HttpClient http) =>
        await http.GetAsync(new Uri("/v1/admin/me", UriKind.Relative)).RefusedAsync(HttpStatusCode.Unauthorized, RegistrationProblems.NotAuthorized);

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=People", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name, DateTimeOffset? from = null, DateTimeOffset? until = null, string? usage = Client) =>
        IssueTo(authority, $"CN={name}", from, until, usage);

    private static X509Certificate2 IssueTo(X509Certificate2 authority, string subject, DateTimeOffset? from = null, DateTimeOffset? until = null, string? usage = Client)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (usage is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        using var certificate = request.Create(
            authority, from ?? authority.NotBefore, until ?? authority.NotAfter, RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }
}
