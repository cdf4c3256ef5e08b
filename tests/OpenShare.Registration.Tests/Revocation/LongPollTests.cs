using System.Diagnostics;
using System.Net;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Revocation;

public class LongPollTests : IAsyncLifetime
{
    private TestService _service = null!;

    protected virtual bool OnPostgres => false;

    public async Task InitializeAsync() => _service = await TestService.StartAsync(onPostgres: OnPostgres);

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [SkippableFact]
    public async Task Who_waits_is_answered_when_a_device_is_revoked()
    {
        var waiting = RevocationListClient.GetAsync(_service, "?after=1&wait=60");
        // The clock stands still, so only the revocation can end this wait.
        Assert.False(waiting.IsCompleted);
        await RevokeOneAsync();

        Assert.Equal(2UL, (await waiting.WaitAsync(TimeSpan.FromSeconds(20))).List.Version);
    }

    [SkippableFact]
    public async Task Who_is_behind_does_not_wait()
    {
        await RevokeOneAsync();
        Assert.Equal(2UL, (await RevocationListClient.GetAsync(_service, "?after=1&wait=60").WaitAsync(TimeSpan.FromSeconds(20))).List.Version);
    }

    [SkippableFact]
    public async Task The_wait_ends_with_the_list_as_it_is()
    {
        var waiting = RevocationListClient.GetAsync(_service, "?after=1&wait=60");
        await Eventually.TrueAsync(async () =>
        {
            // Until the request is there the clock's step passes it by, so step until it answers.
            _service.Time.Advance(TimeSpan.FromSeconds(61));
            await Task.Yield();
            return waiting.IsCompleted;
        }, done => done);

        Assert.Equal(1UL, (await waiting).List.Version);
    }

    [SkippableFact]
    public async Task A_list_signed_anew_is_news_to_who_says_what_they_hold()
    {
        var (_, etag) = await RevocationListClient.GetAsync(_service);
        using var request = new HttpRequestMessage(HttpMethod.Get, RegistrationPaths.RevocationList + "?after=1&wait=60");
        request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        _service.Time.Advance(TimeSpan.FromDays(4));
        using var response = await _service.Http.SendAsync(request).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotEqual(etag, response.Headers.ETag!.Tag);
    }

    [SkippableFact]
    public async Task A_stopping_service_lets_nobody_wait()
    {
        using var http = _service.NewClient();
        var waiting = Enumerable.Range(0, 10).Select(_ => RevocationListClient.GetAsync(_service, "?after=1&wait=60", http)).ToList();
        await Eventually.TrueAsync(() => Task.FromResult(_service.Log.Lines.Count(l => l.Contains("Request starting", StringComparison.Ordinal))), n => n >= 10);
        var clock = Stopwatch.StartNew();
        _service = await _service.RestartAsync();

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"it took {clock.Elapsed} to stop");
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal(1UL, answer.List.Version));
    }

    [SkippableTheory]
    [InlineData("?after=1&wait=61")]
    [InlineData("?after=1&wait=-1")]
    [InlineData("?after=x&wait=1")]
    [InlineData("?after=1&wait=99999999999")]
    [InlineData("?after=-1")]
    public async Task A_wait_that_makes_no_sense_is_refused(string query) =>
        await _service.Http.GetAsync(new Uri(RegistrationPaths.RevocationList + query, UriKind.Relative))
            .RefusedAsync(HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody);

    private async Task RevokeOneAsync()
    {
        var device = new TestDevice();
        using (await device.RegisterAsync(_service.Http, await _service.TokenAsync())) { }
        (await _service.Admin.RevokeDeviceAsync(device.Id.ToString(), new AdministrationMessages.RevokeDevice(), default)).Value();
    }
}
