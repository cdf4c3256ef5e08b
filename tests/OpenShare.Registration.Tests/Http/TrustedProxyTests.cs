using OpenShare.Protocol.Registration;
using OpenShare.Registration.Http;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Http;

/// <summary>Whose word counts for who the client is. The tests themselves come from 127.0.0.1.</summary>
public sealed class TrustedProxyTests
{
    // Many more than one address may ask at once, even where the machine is slow and some are added meanwhile.
    private const int Asked = 12;

    [Fact]
    public async Task Clients_of_a_trusted_proxy_have_an_allowance_each_and_are_named_in_the_log()
    {
        await using var service = await StartAsync("127.0.0.1");
        Assert.Equal(Asked, await GivenAsync(service, n => $"203.0.113.{n}"));
        Assert.Equal(Asked, await GivenAsync(service, n => $"2001:db8:{n}::1"));
        Assert.InRange(await GivenAsync(service, _ => "203.0.113.99"), 2, Asked - 1);
        // What the client itself had put there stands before what its proxy has added.
        Assert.InRange(await GivenAsync(service, n => $"198.51.100.{n}, 203.0.113.100"), 2, Asked - 1);
        Assert.Contains(service.Log.Lines, l => l.Contains("of 203.0.113.7 responded 200", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("10.0.0.0/8")]
    public async Task From_anybody_else_the_header_changes_nothing(string? trusted)
    {
        await using var service = await StartAsync(trusted);
        Assert.InRange(await GivenAsync(service, n => $"203.0.113.{n}"), 2, Asked - 1);
        Assert.DoesNotContain(service.Log.Lines, l => l.Contains("of 203.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5/32")]
    [InlineData("10.0.0.0/24", "10.0.0.0/24")]
    [InlineData("fd00::1", "fd00::1/128")]
    [InlineData("fd00::/64", "fd00::/64")]
    [InlineData("0.0.0.0/0", null)]
    [InlineData("::/0", null)]
    [InlineData("10.0.0.5/33", null)]
    [InlineData("proxy.example", null)]
    [InlineData("", null)]
    public void A_proxy_is_an_address_or_a_network_and_never_everybody(string text, string? expected)
    {
        Assert.Equal(expected, TrustedProxies.TryParse(text, out var problem)?.ToString());
        Assert.Equal(expected is null, problem.Contains($"'{text}'", StringComparison.Ordinal));
    }

    private static Task<TestService> StartAsync(string? trusted) => TestService.StartAsync(o => o with
    {
        RateLimits = new RateLimits(WritesPerSecond: 1) { WriteBurst = 2 },
        TrustedProxies = trusted is null ? [] : [TrustedProxies.TryParse(trusted, out _)!.Value],
    });

    private static async Task<int> GivenAsync(TestService service, Func<int, string> forwardedFor)
    {
        var given = 0;
        for (var n = 1; n <= Asked; n++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, RegistrationPaths.Challenge) { Headers = { { "X-Forwarded-For", forwardedFor(n) } } };
            using var response = await service.Http.SendAsync(request);
            given += response.IsSuccessStatusCode ? 1 : 0;
        }
        return given;
    }
}
