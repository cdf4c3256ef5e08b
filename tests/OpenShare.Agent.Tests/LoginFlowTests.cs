using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Time.Testing;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Hosting;
using OpenShare.Device.Views;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Agent.Tests;

/// <summary>The code flow of an agent, against an issuer and a browser of the test's.</summary>
public sealed class LoginFlowTests : IAsyncLifetime, IDisposable
{
    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();
    private readonly HttpClient _browser = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private TestIssuer _issuer = null!;
    private AgentSession _agent = null!;

    public async Task InitializeAsync()
    {
        _issuer = await TestIssuer.StartAsync(_time);
        _device.Change(_ => Some.Unregistered);
        _device.OnFindLogin = server => Offer(_issuer.Url, server);
        _agent = await TestAgent.StartAsync(_home.Home, _device, _time);
    }

    private static LoginOffer Offer(string issuer, Uri server) => new(server, new ServerTrust.BySystem(), new byte[32], issuer, TestIssuer.ClientId, ["openid"]);

    public async Task DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    public void Dispose()
    {
        _browser.Dispose();
        _home.Dispose();
    }

    private IAsyncEnumerator<LoginDocument> Begin(CancellationToken cancellation = default) =>
        _agent.Client.LogInAsync(new LoginRequest("https://share.example", Name: "laptop"), cancellation).GetAsyncEnumerator(cancellation);

    private static async Task<LoginDocument> NextAsync(IAsyncEnumerator<LoginDocument> login)
    {
        Assert.True(await login.MoveNextAsync().AsTask().WaitAsync(Until.Deadline));
        return login.Current;
    }

    /// <summary>The whole of it, with a browser that goes where it is sent.</summary>
    private async Task<LoginDocument> LogInAsync()
    {
        await using var login = Begin();
        var first = await NextAsync(login);
        if (first.State != LoginDocument.Waiting)
            return first;
        using var page = await _browser.GetAsync(new Uri(first.Url!));
        return await NextAsync(login);
    }

    private async Task FailsAsync(string code, string told)
    {
        var failed = await LogInAsync();

        Assert.Equal((LoginDocument.Failed, code), (failed.State, failed.Problem?.Code));
        Assert.Contains(told, failed.Problem!.Message, StringComparison.Ordinal);
        Assert.Empty(_device.Orders);
    }

    [Fact]
    public async Task Whoever_logs_in_registers_the_device_with_the_issuers_access_token()
    {
        await using var login = Begin();
        var waiting = await NextAsync(login);
        using var page = await _browser.GetAsync(new Uri(waiting.Url!));

        Assert.Contains("You can close this window", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(LoginDocument.Registering, (await NextAsync(login)).State);
        Assert.False(await login.MoveNextAsync());
        var order = Assert.Single(_device.Orders);
        Assert.Equal(("laptop", Assert.Single(_issuer.Given)), (order.Name, Assert.IsType<LoginSession>(order.Credential).Secret));
        Assert.IsType<ServerTrust.BySystem>(order.ServerTrust);
        Assert.IsType<ServerTrust.BySystem>(Assert.Single(_device.Trusted));
        var asked = Assert.Single(_issuer.Asked);
        Assert.Equal(("code", "S256", "openid"), (asked["response_type"], asked["code_challenge_method"], asked["scope"]));
        Assert.Matches(@"^http://127\.0\.0\.1:\d+/callback$", asked["redirect_uri"]);
    }

    [Fact]
    public async Task Each_login_has_a_state_a_nonce_and_a_challenge_of_its_own()
    {
        await LogInAsync();
        await LogInAsync();

        foreach (var name in (string[])["state", "nonce", "code_challenge"])
            Assert.Equal(2, _issuer.Asked.Select(asked => asked[name]).Distinct().Count());
    }

    [Fact]
    public async Task The_page_is_kept_nowhere_and_tells_nobody_its_address()
    {
        await using var login = Begin();
        using var page = await _browser.GetAsync(new Uri((await NextAsync(login)).Url!));

        Assert.True(page.Headers.CacheControl!.NoStore);
        Assert.Equal("no-referrer", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
    }

    [Theory]
    [InlineData("guessed")]
    [InlineData(null)]
    public async Task An_answer_with_another_state_is_turned_away_and_the_right_one_still_taken(string? state)
    {
        await using var login = Begin();
        var url = (await NextAsync(login)).Url!;
        var redirect = QueryHelpers.ParseQuery(new Uri(url).Query)["redirect_uri"].ToString();

        using var forged = await _browser.GetAsync(new Uri(QueryHelpers.AddQueryString(redirect, new Dictionary<string, string?> { ["code"] = "stolen", ["state"] = state })));
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Empty(_device.Orders);

        using var page = await _browser.GetAsync(new Uri(url));
        Assert.Equal(LoginDocument.Registering, (await NextAsync(login)).State);
    }

    [Fact]
    public async Task A_code_that_was_used_is_worth_nothing()
    {
        string? first = null;
        _issuer.Redirecting = answer => new(answer) { ["code"] = first ??= answer["code"] };
        Assert.Equal(LoginDocument.Registering, (await LogInAsync()).State);
        _device.Orders.Clear();

        await FailsAsync(ProblemCodes.LoginFailed, "invalid_grant");
    }

    [Fact]
    public async Task A_code_of_another_login_is_worth_nothing_without_its_verifier()
    {
        // Whoever stands at the browser has logged in themselves, and puts their code in the place of the person's.
        string? theirs = null;
        _issuer.Redirecting = answer =>
        {
            theirs = answer["code"];
            return new(answer) { ["state"] = "nobody's" };
        };
        await using (var given = Begin())
        {
            using var page = await _browser.GetAsync(new Uri((await NextAsync(given)).Url!));
        }
        _issuer.Redirecting = answer => new(answer) { ["code"] = theirs };

        await FailsAsync(ProblemCodes.LoginFailed, "invalid_grant");
    }

    [Fact]
    public async Task The_tests_issuer_gives_no_code_without_a_challenge()
    {
        await using var login = Begin();
        var url = (await NextAsync(login)).Url!;
        var query = QueryHelpers.ParseQuery(new Uri(url).Query).Where(p => p.Key != "code_challenge").ToDictionary(p => p.Key, p => (string?)p.Value.ToString());

        using var refused = await _browser.GetAsync(new Uri(QueryHelpers.AddQueryString(url.Split('?')[0], query)));

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public Task An_ID_token_of_another_login_is_refused()
    {
        _issuer.IdToken = token => token.Claims["nonce"] = "another";
        return FailsAsync(ProblemCodes.LoginFailed, "of another login");
    }

    [Fact]
    public Task An_ID_token_without_a_nonce_is_refused()
    {
        _issuer.IdToken = token => token.Claims.Remove("nonce");
        return FailsAsync(ProblemCodes.LoginFailed, "of another login");
    }

    [Fact]
    public Task An_ID_token_for_another_client_is_refused()
    {
        _issuer.IdToken = token => token.Audience = "another";
        return FailsAsync(ProblemCodes.LoginFailed, "ID token");
    }

    [Fact]
    public Task An_ID_token_that_somebody_else_signed_is_refused()
    {
        _issuer.IdToken = token => token.SigningCredentials = TestIssuer.Signing(TestIssuer.NewKey());
        return FailsAsync(ProblemCodes.LoginFailed, "ID token");
    }

    [Fact]
    public Task An_answer_of_another_issuer_is_refused()
    {
        _issuer.Redirecting = answer => new(answer) { ["iss"] = "https://evil.example" };
        return FailsAsync(ProblemCodes.LoginFailed, "another issuer");
    }

    [Fact]
    public Task Declined_in_the_browser_it_ends()
    {
        _issuer.Redirecting = answer => new() { ["error"] = "access_denied", ["state"] = answer["state"] };
        return FailsAsync(ProblemCodes.LoginFailed, "declined");
    }

    [Fact]
    public Task What_the_server_says_of_the_session_is_told()
    {
        _device.OnOpenSession = _ => new ServiceFailure.Refused(401, RegistrationProblems.BadSession, "The session is not for this service.");
        return FailsAsync(ProblemCodes.LoginFailed, "not for this service");
    }

    [Fact]
    public Task An_issuer_that_is_away_is_named()
    {
        _issuer.IsDown = true;
        return FailsAsync(ProblemCodes.ServerUnreachable, new Uri(_issuer.Url).Authority);
    }

    [Theory]
    [InlineData("http://login.example")]
    [InlineData("file:///etc/passwd")]
    [InlineData("login")]
    public Task An_issuer_without_https_is_not_gone_to(string issuer)
    {
        _device.OnFindLogin = server => Offer(issuer, server);
        return FailsAsync(ProblemCodes.LoginFailed, issuer);
    }

    [Fact]
    public async Task A_registered_device_has_nobody_log_in()
    {
        _device.Change(_ => Some.Status);

        await FailsAsync(ProblemCodes.AlreadyRegistered, "'alice' in account home");

        Assert.Empty(_device.Trusted);
    }

    [Fact]
    public async Task Nobody_is_waited_for_longer_than_five_minutes()
    {
        await using var login = Begin();
        Assert.Equal(_time.GetUtcNow().AddMinutes(5), (await NextAsync(login)).ExpiresAt);
        var next = NextAsync(login);
        // The wait begins when the line is out, which may be a moment after it has arrived.
        await Until.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            return next.IsCompleted;
        }, "the login ends");

        Assert.Equal((LoginDocument.Failed, ProblemCodes.LoginFailed), ((await next).State, (await next).Problem?.Code));
    }

    [Fact]
    public Task An_ID_token_that_has_expired_is_refused()
    {
        _issuer.IdToken = token => token.Expires = _time.GetUtcNow().UtcDateTime.AddMinutes(-6);
        return FailsAsync(ProblemCodes.LoginFailed, "ID token");
    }

    [Fact]
    public async Task Given_up_it_listens_no_longer()
    {
        using var stop = new CancellationTokenSource();
        var login = Begin(stop.Token);
        var redirect = new Uri(QueryHelpers.ParseQuery(new Uri((await NextAsync(login)).Url!).Query)["redirect_uri"].ToString());
        using (var answered = await _browser.GetAsync(redirect))
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, answered.StatusCode);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await login.MoveNextAsync());
        await login.DisposeAsync();

        await Until.TrueAsync(() => !IsListening(redirect.Port), "nobody listens there");
    }

    private static bool IsListening(int port) =>
        System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == port);
}
