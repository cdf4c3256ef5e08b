using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Telemetry;

/// <summary>What Prometheus reads of a service in a process of its own, so that nobody else's requests are counted.</summary>
public sealed class MetricsTests : IAsyncLifetime, IDisposable
{
    private readonly TempDirectory _data = new();
    private readonly HttpClient _metrics = new();
    private ServerProcess _server = null!;
    private PersistentClients _clients = null!;

    public async Task InitializeAsync()
    {
        _server = await ServerProcess.StartAsync(_data.Path, "--metrics-url", "http://127.0.0.1:0");
        _metrics.BaseAddress = new Uri((await _server.SaysAsync("Metrics at "))[..^"/metrics".Length]);
        using var certificate = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(_data.File("tls-certificate.pem")));
        _clients = new PersistentClients(_server.Url, certificate);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _clients?.Dispose();
        _metrics.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task What_the_service_does_is_counted()
    {
        using var http = _clients.New();
        var (admin, device) = ((await File.ReadAllTextAsync(_data.File("admin-credential"))).Trim(), new TestDevice());
        using var created = await TestDevice.PostAsync(http, "/v1/admin/tokens", new AdministrationMessages.CreateToken("alice", 1, 60), admin);
        var token = (await created.ReadAsync<AdministrationMessages.TokenCreated>()).Token;
        using (await device.RegisterAsync(http, token)) { }
        await new TestDevice().RegisterAsync(http, token).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.TokenUsed);
        using (await device.RenewAsync(http)) { }
        var waiting = http.GetAsync(new Uri(RegistrationPaths.RevocationList + "?after=2&wait=60", UriKind.Relative));
        using (await TestDevice.PostAsync(http, RegistrationPaths.Revoke, new RegistrationMessages.RevokeRequest(device.Id.ToString()), admin)) { }
        await Eventually.TrueAsync(async () => (await ReadAsync()).GetValueOrDefault("openshare_registration_list_waiting"), n => n == 1);

        var counted = await ReadAsync();
        foreach (var kind in (string[])["token_created", "certificate_issued", "certificate_renewed", "device_revoked"])
            Assert.Equal(1, counted[$"openshare_registration_acts_total{{kind=\"{kind}\"}}"]);
        Assert.Equal(1, counted["openshare_registration_refusals_total{problem=\"token-used\"}"]);
        Assert.Equal(2, counted["openshare_registration_list_version"]);
        Assert.True(counted["openshare_registration_signing_duration_seconds_count{role=\"issuing\"}"] >= 2);
        Assert.True(counted["openshare_registration_database_duration_seconds_count{work=\"write\"}"] >= 4);
        Assert.Equal(0, counted["openshare_registration_database_writes_queued"]);
        Assert.False(waiting.IsCompleted);
        // And what the platform counts of requests.
        Assert.Contains(counted.Keys, name => name.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal) && name.Contains(RegistrationPaths.Register, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_are_read_there_and_nowhere_else()
    {
        using var http = _clients.New();
        using var onService = await http.GetAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, onService.StatusCode);
        foreach (var path in (string[])[RegistrationPaths.RevocationList, RegistrationPaths.Health, "/owner/devices"])
        {
            using var other = await _metrics.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        }
    }

    /// <summary>Values by name and labels, without those that say which meter it is.</summary>
    private async Task<Dictionary<string, double>> ReadAsync() =>
        (await _metrics.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n')
            .Where(l => l.Length > 0 && l[0] != '#' && !l.Contains("_bucket", StringComparison.Ordinal))
            .Select(l => l.Split("} "))
            .ToDictionary(l => Plain(l[0]), l => double.Parse(l[1].Split(' ')[0], CultureInfo.InvariantCulture));

    private static string Plain(string name)
    {
        var labels = name[(name.IndexOf('{', StringComparison.Ordinal) + 1)..].Split(',').Where(l => !l.StartsWith("otel_scope_", StringComparison.Ordinal)).ToList();
        return name[..name.IndexOf('{', StringComparison.Ordinal)] + (labels.Count > 0 ? $"{{{string.Join(',', labels)}}}" : "");
    }
}
