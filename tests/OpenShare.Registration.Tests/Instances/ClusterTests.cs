using System.Net;
using System.Security.Cryptography.X509Certificates;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Instances;

/// <summary>
/// What an organisation runs: three instances as processes behind nginx, over one PostgreSQL. Under load one instance is killed, and
/// PostgreSQL ends and comes back.
/// </summary>
public sealed class ClusterTests : IAsyncLifetime, IDisposable
{
    private const int Tokens = 48;
    private const int Workers = 6;

    private readonly TempDirectory _files = new();
    private readonly Promises _promises = new();
    private readonly List<ServerProcess> _instances = [];
    private PostgresServer _postgres = null!;
    private Nginx _nginx = null!;
    private X509Certificate2 _certificate = null!;
    private PersistentClients _clients = null!;

    public async Task InitializeAsync()
    {
        Skip.If(OperatingSystem.IsWindows(), "nginx, PostgreSQL and signals");
        Nginx.Needed();
        _postgres = await PostgresServer.OwnAsync();
        _instances.Add(await StartAsync("one"));
        foreach (var (name, file) in from name in (string[])["two", "three"]
                                     from file in (string[])["signing-keys.json", "signing-keys.passphrase", "admin-credential"]
                                     select (name, file))
        {
            Directory.CreateDirectory(_files.File(name));
            File.CreateSymbolicLink(Path.Combine(_files.File(name), file), First(file));
        }
        _instances.AddRange(await Task.WhenAll(
            StartAsync("two", "--tls-certificate", First("tls-certificate.pem"), "--tls-key", First("tls-key.pem")),
            StartAsync("three", "--tls-certificate", First("tls-certificate.pem"), "--tls-key", First("tls-key.pem"))));
        _nginx = await Nginx.StartAsync(_instances.Select(i => i.Url), First("tls-certificate.pem"), First("tls-key.pem"));
        _certificate = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(First("tls-certificate.pem")));
        _clients = new PersistentClients(_nginx.Url, _certificate);
    }

    public async Task DisposeAsync()
    {
        if (_nginx is not null)
            await _nginx.DisposeAsync();
        foreach (var instance in _instances)
            await instance.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    public void Dispose()
    {
        _clients?.Dispose();
        _certificate?.Dispose();
        _files.Dispose();
    }

    [SkippableFact]
    public async Task No_certificate_is_lost_no_token_used_twice_and_no_list_version_skipped_or_repeated()
    {
        var (databaseIsGone, tokens) = (new TaskCompletionSource(), await TokensAsync());
        using var ended = new CancellationTokenSource();
        var watching = WatchAsync(ended.Token);
        var load = Parallel.ForEachAsync(tokens.Index(), new ParallelOptions { MaxDegreeOfParallelism = Workers }, async (token, _) =>
        {
            // The last third meets a database that is not there.
            if (token.Index >= Tokens * 2 / 3)
                await databaseIsGone.Task;
            await RaceAsync(token.Item, isRevoked: token.Index % 3 == 0);
        });

        await _promises.MoreAsync(Tokens / 3);
        await _instances[1].KillAsync();
        await _promises.MoreAsync(Tokens / 6);
        await _postgres.CrashAsync();
        databaseIsGone.SetResult();
        var before = _clients.Failed;
        await Eventually.TrueAsync(() => Task.FromResult(_clients.Failed), failed => failed > before);
        await _postgres.StartAgainAsync();
        await load.WaitAsync(TimeSpan.FromMinutes(2));

        await ended.CancelAsync();
        await watching;
        await HoldsAsync();
        // The one that was killed comes back over what it left, and says the same.
        await using var back = await StartAsync("two", "--tls-certificate", First("tls-certificate.pem"), "--tls-key", First("tls-key.pem"));
        foreach (var url in _instances.Where((_, n) => n != 1).Append(back).Select(i => i.Url))
            await ShowsAllAsync(url);
        Assert.Equal(0, await EndAsync(_instances[0]));
    }

    private string First(string file) => Path.Combine(_files.File("one"), file);

    private Task<ServerProcess> StartAsync(string name, params string[] options) => ServerProcess.StartAsync(
        _files.File(name), ["--database", $"Host={_postgres.Socket};Database=postgres;Username=postgres", "--trusted-proxy", "127.0.0.1", .. options]);

    private async Task<IReadOnlyList<string>> TokensAsync()
    {
        var tokens = new List<string>();
        for (var n = 0; n < Tokens; n++)
        {
            using var response = await AdministerAsync("/tokens", new AdministrationMessages.CreateToken("alice", 1, 3600));
            tokens.Add((await response.ReadAsync<AdministrationMessages.TokenCreated>()).Token);
        }
        return tokens;
    }

    /// <summary>Two devices show one token; the one that gets a certificate may be revoked at once.</summary>
    private async Task RaceAsync(string token, bool isRevoked)
    {
        await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            var device = new TestDevice();
            using var http = _clients.New();
            using var response = await device.RegisterAsync(http, token);
            if (response.StatusCode != HttpStatusCode.Created)
            {
                Assert.Equal(RegistrationProblems.TokenUsed, await response.ProblemAsync());
                return;
            }
            _promises.Issued(token, await response.CertificateAsync());
            if (!isRevoked)
                return;
            using var revoked = await TestDevice.PostAsync(http, RegistrationPaths.Revoke, new RegistrationMessages.RevokeRequest(device.Id.ToString()), AdminCredential);
            _promises.Revoked(device.Id, (await revoked.ReadAsync<RegistrationMessages.RevokeResponse>()).CrlVersion);
        }));
    }

    private async Task WatchAsync(CancellationToken cancel)
    {
        using var http = _clients.New();
        var after = 0UL;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                using var response = await http.GetAsync(new Uri($"{RegistrationPaths.RevocationList}?after={after}&wait=5", UriKind.Relative), cancel);
                var list = await response.ReadAsync<RegistrationMessages.RevocationListResponse>();
                _promises.ListShown(list.CrlVersion, response.Headers.ETag!.Tag);
                after = Math.Max(after, list.CrlVersion);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task HoldsAsync()
    {
        using var database = new PostgresDatabase(PostgresAddress.TryParse($"Host={_postgres.Socket};Database=postgres;Username=postgres", out var problem) ?? throw new FormatException(problem), null);
        await using var db = database.Open();
        Assert.Empty(await _promises.BrokenAsync(db));
        Assert.Equal(Tokens, db.Devices.Count());
        using var verdict = await AdministerAsync("/audit/verdict", null);
        Assert.Equal("", string.Join('\n', (await verdict.ReadAsync<AdministrationMessages.AuditVerdict>()).Problems));
    }

    private async Task ShowsAllAsync(Uri url)
    {
        using var clients = new PersistentClients(url, _certificate);
        using var http = clients.New();
        var version = await Eventually.TrueAsync(async () =>
        {
            using var response = await http.GetAsync(new Uri(RegistrationPaths.RevocationList, UriKind.Relative));
            return (await response.ReadAsync<RegistrationMessages.RevocationListResponse>()).CrlVersion;
        }, v => v == Tokens / 3 + 1);
        Assert.Equal((ulong)Tokens / 3 + 1, version);
    }

    private string AdminCredential => File.ReadAllText(First("admin-credential")).Trim();

    private async Task<HttpResponseMessage> AdministerAsync(string path, object? body)
    {
        using var http = _clients.New();
        if (body is not null)
            return await TestDevice.PostAsync(http, "/v1/admin" + path, body, AdminCredential);
        http.DefaultRequestHeaders.Authorization = new("Bearer", AdminCredential);
        return await http.GetAsync(new Uri("/v1/admin" + path, UriKind.Relative));
    }

    private static async Task<int> EndAsync(ServerProcess instance)
    {
        await instance.TerminateAsync();
        return await instance.ExitCodeAsync();
    }
}
