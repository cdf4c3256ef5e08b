using System.Net;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Login;

/// <summary>What the service tells a device about logging in, and what holds without the issuer.</summary>
public sealed class LoginOfferTests(LoginService shared) : IClassFixture<LoginService>
{
    private readonly TestService _service = shared.Service;
    private readonly TestIssuer _issuer = shared.Issuer;

    private async Task<HttpResponseMessage> AccountAsync(string? session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, RegistrationPaths.LoginAccount);
        if (session is not null)
            request.Headers.Authorization = new("Bearer", session);
        return await _service.Http.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> RegisterAsync(TestService service, string session)
    {
        var device = new TestDevice();
        return await TestDevice.PostAsync(
            service.Http, RegistrationPaths.Register, device.Request(device.Proof(await TestDevice.NonceAsync(service.Http))), session);
    }

    [Fact]
    public async Task A_device_is_told_where_to_log_in()
    {
        using var where = await _service.Http.GetAsync(new Uri(RegistrationPaths.Login, UriKind.Relative));

        Assert.Equal($$"""{"issuer":"{{_issuer.Url}}","client_id":"openshare","scopes":["openid"]}""", await where.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_session_is_told_its_account_and_nobody_else_is()
    {
        using var account = await AccountAsync(_issuer.AccessToken());

        Assert.Equal("alice", (await account.ReadAsync<RegistrationMessages.LoginAccountResponse>()).AccountId);
        await AccountAsync(null).RefusedAsync(HttpStatusCode.Unauthorized, RegistrationProblems.BadSession);
    }

    [Fact]
    public async Task Without_the_issuer_a_login_is_put_off_and_a_token_registers()
    {
        await using var issuer = await TestIssuer.StartAsync(_service.Time);
        issuer.IsDown = true;
        await using var service = await TestService.StartAsync(
            options => options with { Login = new(Registration.Login.LoginIssuer.TryParse(issuer.Url, out _)!, TestIssuer.Audience) }, time: _service.Time);
        await RegisterAsync(service, issuer.AccessToken()).RefusedAsync(HttpStatusCode.ServiceUnavailable, RegistrationProblems.LoginUnavailable);
        using (var byToken = await new TestDevice().RegisterAsync(service.Http, await service.TokenAsync()))
            Assert.Equal(HttpStatusCode.Created, byToken.StatusCode);

        issuer.IsDown = false;
        service.Time.Advance(TimeSpan.FromSeconds(6));
        using var bySession = await RegisterAsync(service, issuer.AccessToken());
        Assert.Equal(HttpStatusCode.Created, bySession.StatusCode);
    }

    [Fact]
    public async Task Without_an_issuer_a_session_is_no_token()
    {
        await using var service = await TestService.StartAsync();

        await RegisterAsync(service, _issuer.AccessToken()).RefusedAsync(HttpStatusCode.Unauthorized, RegistrationProblems.BadToken);
        using var where = await service.Http.GetAsync(new Uri(RegistrationPaths.Login, UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, where.StatusCode);
    }
}
