using System.Net;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Revocation;

public class DeltaTests : IAsyncLifetime
{
    private TestService _service = null!;

    protected virtual bool OnPostgres => false;

    public async Task InitializeAsync() => _service = await TestService.StartAsync(onPostgres: OnPostgres);

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [SkippableFact]
    public async Task From_each_earlier_list_a_delta_makes_the_newest_to_the_byte()
    {
        List<RevocationList> earlier = [(await RevocationListClient.GetAsync(_service)).List];
        for (var i = 0; i < 4; i++)
        {
            await RevokeOneAsync();
            earlier.Add((await RevocationListClient.GetAsync(_service)).List);
        }
        var newest = earlier[^1];
        foreach (var held in earlier)
        {
            using var response = await GetAsync($"?from={held.Version}");
            Assert.Equal(newest.Blob, (await MadeAsync(response, held)).Blob);
        }
    }

    [SkippableFact]
    public async Task Who_holds_the_newest_is_not_sent_it_again_and_waits_for_the_next()
    {
        await RevokeOneAsync();
        var (held, etag) = await RevocationListClient.GetAsync(_service);
        using var unchanged = await GetAsync("?from=2", etag);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        var waiting = GetAsync("?from=2&wait=60", etag);
        // The clock stands still, so only the revocation can end this wait.
        Assert.False(waiting.IsCompleted);
        await RevokeOneAsync();
        using var news = await waiting.WaitAsync(TimeSpan.FromSeconds(20));
        var made = await MadeAsync(news, held);
        Assert.Equal(3UL, made.Version);
        Assert.Equal((await RevocationListClient.GetAsync(_service)).ETag, news.Headers.ETag!.Tag);
    }

    [SkippableFact]
    public async Task A_list_signed_anew_follows_from_its_elder()
    {
        await RevokeOneAsync();
        var (held, etag) = await RevocationListClient.GetAsync(_service);
        _service.Time.Advance(TimeSpan.FromDays(4));
        using var response = await GetAsync("?from=2&wait=60", etag).WaitAsync(TimeSpan.FromSeconds(20));

        var made = await MadeAsync(response, held);
        Assert.True(made.Version == 2 && made.IsNewerThan(held));
    }

    [SkippableFact]
    public async Task Named_by_both_its_ends_it_never_changes_and_may_be_kept_for_ever()
    {
        await RevokeOneAsync();
        var (held, _) = await RevocationListClient.GetAsync(_service);
        var issued = held.IssuedAt.ToUnixTimeSeconds();
        using var named = await GetAsync($"?from=1&to=2&issued={issued}");
        Assert.Equal("public, max-age=31536000, immutable", $"{named.Headers.CacheControl!}");
        using var unnamed = await GetAsync("?from=1");
        Assert.Equal("no-cache", $"{unnamed.Headers.CacheControl!}");
        Assert.Equal(await unnamed.Content.ReadAsStringAsync(), await named.Content.ReadAsStringAsync());

        await RevokeOneAsync();
        using var later = await GetAsync($"?from=1&to=2&issued={issued}");
        Assert.Equal("public, max-age=31536000, immutable", $"{later.Headers.CacheControl!}");
        Assert.Equal(await unnamed.Content.ReadAsStringAsync(), await later.Content.ReadAsStringAsync());
        foreach (var other in new[] { $"?from=1&to=2&issued={issued + 5}", $"?from=1&to=3&issued={issued + 5}", $"?from=1&to=4&issued={issued}" })
            await GetAsync(other).RefusedAsync(HttpStatusCode.NotFound, RegistrationProblems.DeltaUnavailable);
    }

    [SkippableFact]
    public async Task From_any_list_a_delta_leads_to_any_later_one()
    {
        List<RevocationList> lists = [(await RevocationListClient.GetAsync(_service)).List];
        for (var i = 0; i < 4; i++)
        {
            await RevokeOneAsync();
            lists.Add((await RevocationListClient.GetAsync(_service)).List);
        }
        foreach (var (held, later) in lists.SelectMany(held => lists.Where(l => l.Version >= held.Version).Select(later => (held, later))))
        {
            using var response = await GetAsync($"?from={held.Version}&to={later.Version}&issued={later.IssuedAt.ToUnixTimeSeconds()}");
            Assert.Equal(later.Blob, (await MadeAsync(response, held)).Blob);
        }
    }

    [SkippableTheory]
    [InlineData("", HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody)]
    [InlineData("?from=0", HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody)]
    [InlineData("?from=x", HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody)]
    [InlineData("?from=-1", HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody)]
    [InlineData("?from=1&wait=61", HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody)]
    [InlineData("?from=1&to=1", HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody)]
    [InlineData("?from=1&issued=1", HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody)]
    [InlineData("?from=2&to=1&issued=1", HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody)]
    [InlineData("?from=1&to=-1&issued=1", HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody)]
    [InlineData("?from=1&to=1&issued=soon", HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody)]
    [InlineData("?from=1&to=9223372036854775808&issued=1", HttpStatusCode.NotFound, RegistrationProblems.DeltaUnavailable)]
    [InlineData("?from=2", HttpStatusCode.NotFound, RegistrationProblems.DeltaUnavailable)]
    [InlineData("?from=18446744073709551615", HttpStatusCode.NotFound, RegistrationProblems.DeltaUnavailable)]
    public async Task From_no_list_that_there_was_leads_nothing(string query, HttpStatusCode status, string problem) =>
        await GetAsync(query).RefusedAsync(status, problem);

    private async Task<HttpResponseMessage> GetAsync(string query, string? etag = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, RegistrationPaths.RevocationDelta + query);
        if (etag is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        return await _service.Http.SendAsync(request);
    }

    private async Task<RevocationList> MadeAsync(HttpResponseMessage response, RevocationList held)
    {
        var answer = await response.ReadAsync<RegistrationMessages.RevocationDeltaResponse>();
        var made = RevocationDelta.Parse(answer.Delta).ApplyTo(held, _service.Core.Trust);
        Assert.Equal(answer.CrlVersion, made.Version);
        return made;
    }

    private async Task RevokeOneAsync()
    {
        var device = new TestDevice();
        using (await device.RegisterAsync(_service.Http, await _service.TokenAsync())) { }
        (await _service.Admin.RevokeDeviceAsync(device.Id.ToString(), new AdministrationMessages.RevokeDevice(), default)).Value();
    }
}
