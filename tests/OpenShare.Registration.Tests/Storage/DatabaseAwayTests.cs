using System.Net;
using System.Net.Sockets;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Storage;

/// <summary>PostgreSQL ends in the middle of things, and comes back.</summary>
public sealed class DatabaseAwayTests : IAsyncLifetime
{
    private PostgresServer _postgres = null!;
    private TestService _service = null!;

    public async Task InitializeAsync()
    {
        _postgres = await PostgresServer.OwnAsync();
        _service = await TestService.StartAsync(database: await PostgresTestDatabase.CreateAsync(_postgres));
    }

    public async Task DisposeAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    [SkippableFact]
    public async Task What_needs_the_database_is_answered_503_until_it_is_back_and_nothing_of_it_has_happened()
    {
        var (device, token) = (await RegisteredAsync(), await _service.TokenAsync());
        var late = new TestDevice();
        await _postgres.CrashAsync();
        var before = _service.Log.Lines.Count;

        await late.RegisterAsync(_service.Http, token).RefusedAsync(HttpStatusCode.ServiceUnavailable, RegistrationProblems.DatabaseUnavailable);
        await device.RenewAsync(_service.Http).RefusedAsync(HttpStatusCode.ServiceUnavailable, RegistrationProblems.DatabaseUnavailable);
        await device.AskForKeyAsync(_service.Http).RefusedAsync(HttpStatusCode.ServiceUnavailable, RegistrationProblems.DatabaseUnavailable);
        foreach (var bearer in (string[])[_service.AdminCredential, "osa1_somebody's"])
        {
            await TestDevice.PostAsync(_service.Http, RegistrationPaths.Revoke, new RegistrationMessages.RevokeRequest(device.Id.ToString()), bearer)
                .RefusedAsync(HttpStatusCode.ServiceUnavailable, RegistrationProblems.DatabaseUnavailable);
        }
        // What is in memory is served on.
        Assert.Equal(1UL, (await RevocationListClient.GetAsync(_service)).List.Version);
        using (var root = await _service.Http.GetAsync(new Uri(RegistrationPaths.TrustRoot, UriKind.Relative)))
            Assert.Equal(HttpStatusCode.OK, root.StatusCode);
        // A line is written once its request is answered.
        var lines = await Eventually.TrueAsync(
            () => Task.FromResult(_service.Log.Lines.Skip(before).Where(l => l.Contains("responded 503", StringComparison.Ordinal)).ToList()), l => l.Count >= 5);
        Assert.Equal(5, lines.Count(l => l.Contains($"The database {_service.Core.Options.Database} cannot be used", StringComparison.Ordinal)));
        Assert.DoesNotContain(_service.Log.Lines, l => l.Contains("   at ", StringComparison.Ordinal));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "database"), await _service.HealthAsync(RegistrationPaths.Ready));
        Assert.Equal((HttpStatusCode.OK, ""), await _service.HealthAsync(RegistrationPaths.Live));

        await _postgres.StartAgainAsync();
        using var registered = await late.RegisterAsync(_service.Http, token);
        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        Assert.True((await _service.Admin.VerifyAuditAsync(default)).Value().Holds);
        Assert.Equal((HttpStatusCode.OK, ""), await _service.HealthAsync(RegistrationPaths.Ready));
    }

    [SkippableFact]
    public async Task A_write_that_the_database_ends_under_is_undone_and_who_waited_behind_it_is_told_so()
    {
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var under = _service.Core.Store.WriteAsync<long>(async db =>
        {
            var drawn = await db.NextAsync(CounterRow.DeviceNo, default);
            begun.SetResult();
            await goOn.Task;
            return drawn;
        }, default);
        await begun.Task;
        var behind = Enumerable.Range(0, 20).Select(_ => _service.Core.Store.WriteAsync<long>(async db => await db.NextAsync(CounterRow.DeviceNo, default), default)).ToList();
        await _postgres.CrashAsync();
        goOn.SetResult();

        var told = await Assert.ThrowsAsync<DatabaseAway>(() => under);
        foreach (var one in behind)
            Assert.Same(told, await Assert.ThrowsAsync<DatabaseAway>(() => one));
        await _postgres.StartAgainAsync();
        Assert.Equal(0, await _service.Core.Store.ReadAsync(db => db.CurrentAsync(CounterRow.DeviceNo, default)));
        Assert.Equal(1, (await _service.Core.Store.WriteAsync<long>(async db => await db.NextAsync(CounterRow.DeviceNo, default), default)).Value());
    }

    [SkippableFact]
    public async Task What_other_instances_store_is_heard_again_by_itself()
    {
        var device = await RegisteredAsync();
        await _postgres.CrashAsync();
        await Eventually.TrueAsync(() => Task.FromResult(Lines("is not heard")), n => n == 1);
        await _postgres.StartAgainAsync();
        await Eventually.TrueAsync(() =>
        {
            _service.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(Lines("is heard again"));
        }, n => n == 1);
        // However often it tried.
        Assert.Equal(1, Lines("is not heard"));

        var waiting = RevocationListClient.GetAsync(_service, "?after=1&wait=60");
        await using var other = await _service.StartBesideAsync();
        (await other.Admin.RevokeDeviceAsync(device.Id.ToString(), new(), default)).Value();
        Assert.Equal(2UL, (await waiting.WaitAsync(TimeSpan.FromSeconds(20))).List.Version);
    }

    [SkippableFact]
    public async Task A_host_that_says_nothing_is_away_after_the_time_that_the_address_gives()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var directory = new TempDirectory();
        var address = PostgresAddress.TryParse($"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Database=x;Username=x;Timeout=1", out _);
        var options = new RegistrationOptions(new DataDirectory(directory.Path)) { Database = address };

        await Assert.ThrowsAsync<DatabaseAway>(() => RegistrationCore.StartAsync(options, TimeProvider.System, new SystemRandom(), default)).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [SkippableFact]
    public async Task What_the_database_refuses_is_not_mistaken_for_its_absence()
    {
        var error = await Assert.ThrowsAsync<Microsoft.EntityFrameworkCore.DbUpdateException>(() => _service.Core.Store.WriteAsync<int>(db =>
        {
            db.AuditLines.Add(new AuditLineRow { Number = 1, Signed = [1] });
            return Task.FromResult<Outcome<int>>(1);
        }, default));
        using var database = new PostgresDatabase(_service.Core.Options.Database!, null);
        Assert.Null(database.AwayBy(error));
    }

    private int Lines(string text) => _service.Log.Lines.Count(l => l.Contains("What other instances store " + text, StringComparison.Ordinal));

    private async Task<TestDevice> RegisteredAsync()
    {
        var device = new TestDevice();
        using var response = await device.RegisterAsync(_service.Http, await _service.TokenAsync());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return device;
    }
}
