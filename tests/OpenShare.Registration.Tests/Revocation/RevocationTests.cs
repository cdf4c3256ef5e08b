using System.Net;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Revocation;

public class RevocationTests : IAsyncLifetime
{
    private TestService _service = null!;

    protected virtual bool OnPostgres => false;

    public async Task InitializeAsync() => _service = await TestService.StartAsync(onPostgres: OnPostgres);

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [SkippableFact]
    public async Task A_revoked_device_is_on_the_next_version_of_the_signed_list()
    {
        var (revoked, other) = (await RegisteredAsync(), await RegisteredAsync());
        Assert.Equal((1UL, 0), await ListAsync() is var (before, _) ? (before.Version, before.Count) : default);

        using var response = await RevokeAsync(revoked.Id, "lost on a train");
        Assert.Equal(2UL, (await response.ReadAsync<RegistrationMessages.RevokeResponse>()).CrlVersion);

        var (list, _) = await ListAsync();
        Assert.Equal(2UL, list.Version);
        Assert.True(await _service.RevokesAsync(list, revoked.Id));
        Assert.False(await _service.RevokesAsync(list, other.Id));
    }

    [SkippableFact]
    public async Task Twenty_racing_revocations_make_twenty_versions_without_a_gap()
    {
        var devices = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RegisteredAsync()));
        var responses = await Task.WhenAll(devices.Select(d => RevokeAsync(d.Id)));
        var versions = await Task.WhenAll(responses.Select(async r => (await r.ReadAsync<RegistrationMessages.RevokeResponse>()).CrlVersion));

        Assert.Equal(Enumerable.Range(2, 20).Select(v => (ulong)v), versions.Order());
        var (list, _) = await ListAsync();
        Assert.Equal((21UL, 20), (list.Version, list.Count));
    }

    [SkippableFact]
    public async Task Revoking_twice_changes_nothing()
    {
        var device = await RegisteredAsync();
        using (await RevokeAsync(device.Id, "first")) { }
        using var again = await RevokeAsync(device.Id, "second");

        Assert.Equal(2UL, (await again.ReadAsync<RegistrationMessages.RevokeResponse>()).CrlVersion);
        Assert.Equal("first", (await _service.Admin.ShowDeviceAsync(device.Id.ToString(), default)).Value().RevokeReason);
    }

    [SkippableFact]
    public async Task Only_the_admin_credential_revokes()
    {
        var device = await RegisteredAsync();
        var token = RegistrationTokenText.Parse(await _service.TokenAsync()).Secret;
        foreach (var shown in new[] { null, "", "osa1_AAAA", token, _service.AdminCredential[..^1] })
        {
            await TestDevice.PostAsync(_service.Http, RegistrationPaths.Revoke, new RegistrationMessages.RevokeRequest(device.Id.ToString()), shown)
                .RefusedAsync(HttpStatusCode.Unauthorized, RegistrationProblems.NotAuthorized);
        }
        Assert.Equal(0, (await ListAsync()).List.Count);
    }

    [SkippableFact]
    public async Task A_revocation_names_a_device_that_exists_and_says_why_in_few_words()
    {
        await RevokeAsync(new TestDevice().Id).RefusedAsync(HttpStatusCode.NotFound, RegistrationProblems.DeviceUnknown);
        await RevokeAsync((await RegisteredAsync()).Id, new string('x', 201)).RefusedAsync(HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody);
        Assert.Equal(1UL, (await ListAsync()).List.Version);
    }

    [SkippableFact]
    public async Task Who_holds_the_list_is_not_sent_it_again()
    {
        var (_, etag) = await ListAsync();
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(etag));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("\"another\""));

        using (await RevokeAsync((await RegisteredAsync()).Id)) { }
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(etag));
        Assert.NotEqual(etag, (await ListAsync()).ETag);
    }

    [SkippableFact]
    public async Task The_list_outlives_a_restart_to_the_byte()
    {
        using (await RevokeAsync((await RegisteredAsync()).Id)) { }
        var (before, etag) = await ListAsync();
        _service = await _service.RestartAsync();
        var (after, sameTag) = await ListAsync();

        Assert.Equal(etag, sameTag);
        Assert.Equal(before.Blob, after.Blob);
    }

    [SkippableFact]
    public async Task At_half_its_life_the_list_is_signed_anew_under_the_same_version()
    {
        var (before, etag) = await ListAsync();
        _service.Time.Advance(TimeSpan.FromDays(3.5) - TimeSpan.FromMinutes(2));
        Assert.Equal(etag, (await ListAsync()).ETag);
        _service.Time.Advance(TimeSpan.FromMinutes(3));

        var (after, _) = await Eventually.TrueAsync(ListAsync, l => l.ETag != etag);
        Assert.Equal(before.Version, after.Version);
        Assert.True(after.IsNewerThan(before));
        Assert.True(after.NextUpdate > before.NextUpdate);
    }

    private async Task<TestDevice> RegisteredAsync()
    {
        var device = new TestDevice();
        using var response = await device.RegisterAsync(_service.Http, await _service.TokenAsync());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return device;
    }

    private Task<HttpResponseMessage> RevokeAsync(DeviceId id, string? reason = null) =>
        TestDevice.PostAsync(_service.Http, RegistrationPaths.Revoke, new RegistrationMessages.RevokeRequest(id.ToString(), reason), _service.AdminCredential);

    private Task<(RevocationList List, string ETag)> ListAsync() => RevocationListClient.GetAsync(_service);

    private async Task<HttpStatusCode> StatusAsync(string etag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, RegistrationPaths.RevocationList);
        request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        using var response = await _service.Http.SendAsync(request);
        return response.StatusCode;
    }
}
