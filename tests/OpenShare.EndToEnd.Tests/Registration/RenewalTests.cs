using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Registration;

/// <summary>Certificates that end, or ended while their devices were off.</summary>
[Collection(Processes.Name)]
public sealed class RenewalTests : IDisposable
{
    private static readonly TimeSpan AgoOfRegistration = TimeSpan.FromDays(20);

    private readonly TemporaryFolder _folder = new();
    private readonly TestDevice _device;

    public RenewalTests() => _device = new TestDevice(_folder.Path, "device");

    [SkippableFact]
    public async Task A_device_that_was_off_past_its_certificates_end_is_certified_again_without_a_token()
    {
        using var server = await RegisteredLongAgoAsync("--certificate-lifetime", "10d");

        await _device.StartAgentAsync();

        await Eventually.TrueAsync($"it has its next certificate: {_device.Agent}", Patience.Long, async () => (await _device.StatusAsync()).Text("trust") == "certified");
        Assert.Contains("issued as a renewal", (await server.RunAsync("audit", "show")).EndedWith(0).Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task One_that_was_off_for_longer_than_the_policy_allows_is_told_so()
    {
        using var server = await RegisteredLongAgoAsync("--certificate-lifetime", "10d", "--renew-expired", "5d");

        await _device.StartAgentAsync();

        await Eventually.TrueAsync($"it says what to do: {_device.Agent}", Patience.Long, async () => (await _device.StatusAsync()).GetRawText().Contains("renewed for 5d after that", StringComparison.Ordinal));
        Assert.Equal("expired", (await _device.StatusAsync()).Text("trust"));
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task One_that_was_revoked_meanwhile_stays_so()
    {
        using var server = await RegisteredLongAgoAsync("--certificate-lifetime", "10d");
        await server.RevokeAsync(_device.Id);

        await _device.StartAgentAsync();

        await Eventually.TrueAsync($"it learns of it: {_device.Agent}", Patience.Long, async () => (await _device.StatusAsync()).GetRawText().Contains("was revoked", StringComparison.Ordinal));
        Assert.DoesNotContain("issued as a renewal", (await server.RunAsync("audit", "show")).EndedWith(0).Output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    /// <summary>A server at the right time, and a device whose certificate is from long ago.</summary>
    private async Task<Server> RegisteredLongAgoAsync(params string[] flags)
    {
        var then = FakeTime.Late(AgoOfRegistration);
        var server = await Server.StartAsync(flags, then);
        foreach (var (key, value) in then)
            _device.Environment[key] = value;
        await _device.RegisterAsync(server, "renewal");
        _device.Environment.Clear();
        await server.StopAsync();
        await server.StartAgainAsync(environment: null);
        return server;
    }
}
