using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Http;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Http;

public sealed class HostileRequestTests : IAsyncLifetime
{
    private const string AnySecret = "AAAAAAAAAAAAAAAAAAAAAA";
    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"text\"")]
    [InlineData("{\"device_id\":null}")]
    [InlineData("{\"device_id\":1,\"account_id\":[],\"pubkey_ed25519\":{},\"metadata\":true,\"proof\":0}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public async Task A_body_that_is_not_the_object_needed_is_a_malformed_body(string body)
    {
        foreach (var path in new[] { RegistrationPaths.Register, RegistrationPaths.Renew, RegistrationPaths.DiscoveryKey })
            await PostAsync(path, Encoding.UTF8.GetBytes(body)).RefusedAsync(HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody);
    }

    [Fact]
    public async Task No_beginning_of_a_good_request_and_no_damaged_byte_of_it_makes_the_service_fail()
    {
        var device = new TestDevice();
        var good = JsonSerializer.SerializeToUtf8Bytes(device.Request(device.Proof(await TestDevice.NonceAsync(_service.Http))), RegistrationJson.Options);
        for (var length = 0; length < good.Length; length += 7)
        {
            using var response = await PostAsync(RegistrationPaths.Register, good[..length]);
            Assert.Equal(RegistrationProblems.MalformedBody, await response.ProblemAsync());
        }
        for (var at = 0; at < good.Length; at += 5)
        {
            var damaged = good.ToArray();
            damaged[at] ^= 0x11;
            using var response = await PostAsync(RegistrationPaths.Register, damaged);
            Assert.InRange((int)response.StatusCode, 400, 499);
            await response.ProblemAsync();
        }
    }

    [Theory]
    [InlineData("device_id", "0123")]
    [InlineData("device_id", "00000000000000000000000000000000")]
    [InlineData("account_id", "Alice; drop table")]
    [InlineData("account_id", "")]
    [InlineData("pubkey_ed25519", "AAAA")]
    [InlineData("pubkey_ed25519", "***")]
    [InlineData("name", "")]
    [InlineData("name", "bell\u0007")]
    [InlineData("name", "a name that goes on and on and on and on and on and on and on and on")]
    [InlineData("platform", " ")]
    [InlineData("proof", "%%%")]
    [InlineData("proof", "AAAA")]
    public async Task A_field_that_is_not_what_it_should_be_is_a_malformed_body(string field, string value)
    {
        var device = new TestDevice();
        var good = device.Request(device.Proof(await TestDevice.NonceAsync(_service.Http)));
        var bad = field switch
        {
            "device_id" => good with { DeviceId = value },
            "account_id" => good with { AccountId = value },
            "pubkey_ed25519" => good with { PubkeyEd25519 = value },
            "name" => good with { Metadata = good.Metadata with { Name = value } },
            "platform" => good with { Metadata = good.Metadata with { Platform = value } },
            _ => good with { Proof = value },
        };
        using var response = await TestDevice.PostAsync(_service.Http, RegistrationPaths.Register, bad, AnySecret);

        // A proof that is a Signed with nothing in it is well formed, and proves nothing.
        var code = await response.ProblemAsync();
        Assert.Contains(code, (string[])[RegistrationProblems.MalformedBody, .. value == "AAAA" && field == "proof" ? [RegistrationProblems.KeyNotProven] : Array.Empty<string>()]);
    }

    [Fact]
    public async Task A_body_over_64_KiB_is_refused_unread()
    {
        var large = Encoding.UTF8.GetBytes($"{{\"device_id\":\"{new string('a', JsonBody.MaxSize)}\"}}");
        // It asks whether it may send it: a client that writes on while it is refused may meet the end of the connection before the answer.
        _service.Http.DefaultRequestHeaders.ExpectContinue = true;

        using var response = await PostAsync(RegistrationPaths.Register, large);
        Assert.Equal(RegistrationProblems.MalformedBody, await response.ProblemAsync());
    }

    [Fact]
    public async Task Headers_over_16_KiB_are_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, RegistrationPaths.Health) { Headers = { { "X-Long", new string('a', 16 * 1024) } } };
        using var response = await _service.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_body_of_another_type_is_a_malformed_body()
    {
        using var content = new StringContent("device_id=1", Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await TestDevice.PostAsync(_service.Http, RegistrationPaths.Register, content, AnySecret);
        Assert.Equal(RegistrationProblems.MalformedBody, await response.ProblemAsync());
    }

    [Fact]
    public async Task Too_many_requests_of_one_address_are_refused_for_a_moment()
    {
        await using var strict = await TestService.StartAsync(o => o with { RateLimits = new RateLimits(WritesPerSecond: 1) { WriteBurst = 3, ReadBurst = 50 } });
        var statuses = new List<HttpStatusCode>();
        HttpResponseMessage last = null!;
        for (var i = 0; i < 10 && statuses.LastOrDefault() != HttpStatusCode.TooManyRequests; i++)
        {
            last = await strict.Http.PostAsync(new Uri(RegistrationPaths.Challenge, UriKind.Relative), null);
            statuses.Add(last.StatusCode);
        }

        Assert.True(statuses.Count >= 4, string.Join(' ', statuses));
        Assert.Equal((HttpStatusCode.TooManyRequests, RegistrationProblems.TooManyRequests), (last.StatusCode, await last.ProblemAsync()));
        Assert.Equal(TimeSpan.FromSeconds(1), last.Headers.RetryAfter?.Delta);
        // What is answered from memory has an allowance of its own.
        using var list = await strict.Http.GetAsync(new Uri(RegistrationPaths.RevocationList, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);
    }

    [Fact]
    public async Task The_owners_commands_are_not_there_for_anybody_on_the_network()
    {
        foreach (var path in new[] { "/owner/devices", "/owner/quotas", "/owner/devices/x" })
        {
            using var response = await _service.Http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
        using var post = await TestDevice.PostAsync(_service.Http, "/owner/tokens", new { account_id = "alice", uses = 1, ttl_seconds = 60 });
        Assert.Equal(HttpStatusCode.NotFound, post.StatusCode);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await TestDevice.PostAsync(_service.Http, path, content, AnySecret);
    }
}
