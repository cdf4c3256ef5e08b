using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Registration;

/// <summary>The command, against a service that is away, is another, or says no.</summary>
[Collection(Processes.Name)]
public sealed class RegisterCommandTests(SharedServer shared) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_server_that_is_down_is_waited_for_and_used_when_it_is_back()
    {
        using var server = await Server.StartAsync();
        var token = await server.TokenAsync("patience");
        await server.StopAsync();
        using var device = new TestDevice(_folder.Path, "device");
        using var register = device.Start(["register", "--server", server.Url, "--token", token, "--name", "device"]);
        await Eventually.TrueAsync($"it says that it tries again: {register}", Patience.Short, () => register.Errors.Contains("Trying again", StringComparison.Ordinal));

        await server.StartAgainAsync();

        (await register.EndAsync()).EndedWith(0);
        Assert.Equal("certified", (await device.StatusAsync()).Text("trust"));
    }

    [Fact]
    [Trait("Length", "Long")]
    public async Task A_request_that_was_given_up_is_kept_and_the_agent_goes_on_with_it_even_after_a_kill()
    {
        using var server = await Server.StartAsync();
        var token = await server.TokenAsync("patience");
        await server.StopAsync();
        using var device = new TestDevice(_folder.Path, "device");
        (await device.TryRegisterAsync(server.Url, token, "--wait", "1")).EndedWith(6).Said("goes on trying");
        await device.StartAgentAsync();
        await device.Agent.KillAsync();
        await device.StartAgentAsync();
        Assert.Equal("underway", Registration(await device.StatusAsync()));

        await server.StartAgainAsync();

        await Eventually.TrueAsync($"the agent registers: {device.Agent}", Patience.Long, async () => Registration(await device.StatusAsync()) == "certified");
        static string? Registration(System.Text.Json.JsonElement status) => status.GetProperty("registration").Text("state");
    }

    [Fact]
    public async Task A_server_that_the_token_is_not_for_is_refused()
    {
        using var other = await Server.StartAsync();
        using var device = new TestDevice(_folder.Path, "device");

        (await device.TryRegisterAsync(other.Url, await shared.Server.TokenAsync("elsewhere"))).EndedWith(1).Said("Not registered");

        Assert.DoesNotContain("elsewhere", (await other.RunAsync("device", "list")).EndedWith(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_good_for_one_device()
    {
        var token = await shared.Server.TokenAsync("single");
        using var first = new TestDevice(_folder.Path, "first");
        using var second = new TestDevice(_folder.Path, "second");

        (await first.TryRegisterAsync(shared.Server.Url, token)).EndedWith(0);
        (await second.TryRegisterAsync(shared.Server.Url, token)).EndedWith(7).Said("token");
    }

    public void Dispose() => _folder.Dispose();
}
