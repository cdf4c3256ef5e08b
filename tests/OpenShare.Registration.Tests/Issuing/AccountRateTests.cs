using System.Net;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Http;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Issuing;

/// <summary>What the devices of one account may ask for in a second.</summary>
public sealed class AccountRateTests : IAsyncLifetime
{
    private const int Burst = 5;

    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync(o => o with
    {
        RateLimits = new RateLimits(AccountPerSecond: 1) { WriteBurst = 100_000, ReadBurst = 100_000, AccountBurst = Burst },
    });

    [Fact]
    public async Task A_crowd_of_one_account_waits_and_no_other_does()
    {
        var phone = new TestDevice(account: "alice");
        using (await phone.RegisterAsync(_service.Http, await _service.TokenAsync())) { }

        Assert.Equal(RegistrationProblems.TooManyRequests, await UntilRefusedAsync(() => phone.RenewAsync(_service.Http)));
        await new TestDevice(account: "alice").RegisterAsync(_service.Http, await _service.TokenAsync()).RefusedAsync(HttpStatusCode.TooManyRequests, RegistrationProblems.TooManyRequests);
        using var other = await new TestDevice(account: "bob").RegisterAsync(_service.Http, await _service.TokenAsync("bob"));
        Assert.Equal(HttpStatusCode.Created, other.StatusCode);
    }

    [Fact]
    public async Task Nobody_uses_up_what_is_an_accounts_without_a_key_or_token_of_it()
    {
        var (phone, stranger) = (new TestDevice(account: "alice"), new TestDevice(account: "alice"));
        using (await phone.RegisterAsync(_service.Http, await _service.TokenAsync())) { }

        for (var i = 0; i < 4 * Burst; i++)
        {
            var proof = phone.Proof(await TestDevice.NonceAsync(_service.Http), SignatureContext.RenewalProof, stranger.Key);
            using var forged = await TestDevice.PostAsync(_service.Http, RegistrationPaths.Renew, new RegistrationMessages.RenewRequest(phone.Id.ToString(), proof));
            Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
            using var unknown = await stranger.RegisterAsync(_service.Http, await _service.TokenAsync("mallory"));
            Assert.NotEqual(HttpStatusCode.TooManyRequests, unknown.StatusCode);
        }

        using var renewed = await phone.RenewAsync(_service.Http);
        Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    // Some of it comes back meanwhile.
    private static async Task<string?> UntilRefusedAsync(Func<Task<HttpResponseMessage>> ask)
    {
        for (var i = 0; i < 100; i++)
        {
            using var response = await ask();
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.NotNull(response.Headers.RetryAfter);
                return await response.ProblemAsync();
            }
        }
        return null;
    }
}
