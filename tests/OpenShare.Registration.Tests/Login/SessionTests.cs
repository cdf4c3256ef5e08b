using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Login;

/// <summary>Which sessions are good, and which are not: each as one thing short of a good one.</summary>
public sealed class SessionTests(LoginService shared) : IClassFixture<LoginService>
{
    private readonly TestService _service = shared.Service;
    private readonly TestIssuer _issuer = shared.Issuer;
    private readonly FakeTimeProvider _time = shared.Service.Time;

    private async Task<HttpResponseMessage> ShowAsync(string session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, RegistrationPaths.LoginAccount) { Headers = { Authorization = new("Bearer", session) } };
        return await _service.Http.SendAsync(request);
    }

    private async Task GoodAsync(string session)
    {
        using var response = await ShowAsync(session);
        Assert.Equal("alice", (await response.ReadAsync<RegistrationMessages.LoginAccountResponse>()).AccountId);
    }

    private Task BadAsync(string session) => ShowAsync(session).RefusedAsync(HttpStatusCode.Unauthorized, RegistrationProblems.BadSession);

    // What each test alters is good as it is.
    [Fact]
    public Task A_session_of_the_issuer_for_this_service_is_good() => GoodAsync(_issuer.AccessToken());

    [Fact]
    public Task One_of_another_issuer_is_not() => BadAsync(_issuer.AccessToken(token => token.Issuer = _issuer.Url + "/"));

    [Fact]
    public Task One_for_another_audience_is_not() => BadAsync(_issuer.AccessToken(token => token.Audience = "another"));

    [Fact]
    public Task One_for_nobody_is_not() => BadAsync(_issuer.AccessToken(token => token.Audience = null));

    [Fact]
    public Task One_without_a_subject_is_not() => BadAsync(_issuer.AccessToken(token => token.Claims.Remove("sub")));

    [Fact]
    public async Task One_that_has_expired_is_not()
    {
        var session = _issuer.AccessToken();
        _time.Advance(TimeSpan.FromMinutes(9));
        await GoodAsync(session);
        _time.Advance(TimeSpan.FromMinutes(2));
        await BadAsync(session);
    }

    [Fact]
    public Task One_without_an_end_is_not() => BadAsync(_issuer.AccessToken(token => token.Expires = null));

    [Fact]
    public Task One_of_a_time_to_come_is_not() => BadAsync(_issuer.AccessToken(token =>
    {
        token.NotBefore = _time.GetUtcNow().UtcDateTime.AddMinutes(6);
        token.Expires = _time.GetUtcNow().UtcDateTime.AddMinutes(20);
    }));

    [Fact]
    public Task One_that_nobody_has_signed_is_not()
    {
        var parts = _issuer.AccessToken().Split('.');
        return BadAsync($"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}.");
    }

    [Fact]
    public async Task One_signed_with_the_public_key_as_a_secret_is_not()
    {
        // In the forms that it is found in.
        using AsymmetricAlgorithm key = _issuer.Key is ECDsaSecurityKey ec ? ECDsa.Create(ec.ECDsa.ExportParameters(false)) : RSA.Create(((RsaSecurityKey)_issuer.Key).Rsa.ExportParameters(false));
        var pem = key.ExportSubjectPublicKeyInfoPem();
        foreach (var secret in (byte[][])[key.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(pem), Encoding.ASCII.GetBytes(pem + "\n")])
            await BadAsync(_issuer.AccessToken(token => token.SigningCredentials = new SigningCredentials(
                new SymmetricSecurityKey(secret) { KeyId = _issuer.Key.KeyId }, SecurityAlgorithms.HmacSha256)));
    }

    [Fact]
    public async Task One_signed_by_an_unknown_key_is_not()
    {
        await BadAsync(_issuer.AccessToken(token => token.SigningCredentials = TestIssuer.Signing(TestIssuer.NewKey())));
        // Nor under the name of a known one.
        var stranger = TestIssuer.NewKey();
        stranger.KeyId = _issuer.Key.KeyId;
        await BadAsync(_issuer.AccessToken(token => token.SigningCredentials = TestIssuer.Signing(stranger)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public Task One_that_was_altered_is_not(int part)
    {
        var parts = _issuer.AccessToken().Split('.');
        // In the middle, where every bit of the text counts.
        var at = parts[part].Length / 2;
        parts[part] = parts[part][..at] + (parts[part][at] == 'A' ? 'B' : 'A') + parts[part][(at + 1)..];
        return BadAsync(string.Join('.', parts));
    }

    [Theory]
    [InlineData("a.b.c")]
    [InlineData("...")]
    [InlineData("not.a.jwt.at.all")]
    public Task What_is_no_session_at_all_is_refused_as_one(string session) => BadAsync(session);

    [Fact]
    public async Task A_new_key_of_the_issuer_is_followed_and_the_old_one_forgotten()
    {
        var before = _issuer.AccessToken();
        await GoodAsync(before);
        _issuer.Rotate();
        _time.Advance(TimeSpan.FromSeconds(6));

        await GoodAsync(_issuer.AccessToken());
        await BadAsync(before);
    }

    [Fact]
    public async Task Sessions_of_unknown_keys_do_not_make_the_service_ask_each_time()
    {
        await GoodAsync(_issuer.AccessToken());
        var before = _issuer.KeysAsked;
        _time.Advance(TimeSpan.FromSeconds(6));
        for (var i = 0; i < 5; i++)
            await BadAsync(_issuer.AccessToken(token => token.SigningCredentials = TestIssuer.Signing(TestIssuer.NewKey())));

        Assert.Equal(before + 1, _issuer.KeysAsked);
    }

    [Fact]
    public async Task Keys_outlive_an_issuer_that_is_away_by_a_day_and_no_more()
    {
        await GoodAsync(_issuer.AccessToken());
        _issuer.IsDown = true;
        _time.Advance(TimeSpan.FromHours(23));
        await GoodAsync(_issuer.AccessToken());
        _time.Advance(TimeSpan.FromHours(2));
        await ShowAsync(_issuer.AccessToken()).RefusedAsync(HttpStatusCode.ServiceUnavailable, RegistrationProblems.LoginUnavailable);
        _issuer.IsDown = false;
        _time.Advance(TimeSpan.FromSeconds(6));
    }
}
