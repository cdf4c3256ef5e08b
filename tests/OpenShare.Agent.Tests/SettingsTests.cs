using System.Text;
using OpenShare.Agent.Client;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Hosting;

namespace OpenShare.Agent.Tests;

/// <summary>What a person changes while the agent runs.</summary>
public sealed class SettingsTests : IDisposable
{
    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();

    private AgentOptions Options(params (string Key, string Value)[] told) =>
        AgentSettings.Read(_home.Home, told.Select(t => KeyValuePair.Create(t.Key, (string?)t.Value)), AgentReach.Network, new Dictionary<string, string?>());

    private Task<AgentSession> StartAsync(AgentOptions options) => AgentHosting.LauncherOf(_device.Start).HostAsync(options, CancellationToken.None);

    [Fact]
    public async Task What_is_changed_holds_at_once_and_after_the_next_start()
    {
        var inbox = Path.Combine(_home.Root, "in");
        await using (var agent = await StartAsync(Options()))
        {
            var now = await agent.Client.ChangeSettingsAsync(new SettingsRequest("ask", inbox, "no", "2M"), CancellationToken.None);

            Assert.Equal(("ask", inbox, "no", 2L << 20), (now.Accept, now.SaveTo, now.Overwrite, now.Limit!.Value));
            Assert.Equal(new ReceivingRule(AcceptPolicy.Ask, inbox, AllowsOverwriting: false), _device.Receiving);
        }
        var next = Options();
        Assert.Equal((AcceptFrom.Ask, inbox, YesNo.No, 2L << 20), (next.Accept, next.SaveTo, next.Overwrite, next.Limit!.Value));
        await using var again = await StartAsync(next);
        Assert.Null((await again.Client.ChangeSettingsAsync(new SettingsRequest(Limit: "none"), CancellationToken.None)).Limit);
        Assert.Equal((AcceptFrom.Ask, null), (Options().Accept, Options().Limit));
    }

    [Fact]
    public async Task It_holds_for_as_long_as_the_agent_is_told_what_it_was_told_then()
    {
        await using (var agent = await StartAsync(Options((AgentSettings.Accept, "ask"))))
            await agent.Client.ChangeSettingsAsync(new SettingsRequest("own"), CancellationToken.None);

        Assert.Equal(AcceptFrom.Own, Options((AgentSettings.Accept, "ask")).Accept);
        Assert.Equal(AcceptFrom.None, Options((AgentSettings.Accept, "none")).Accept);
    }

    [Theory]
    [InlineData("everybody", null, null, null, "The setting Accept is 'everybody'; it must be own, ask, none.")]
    [InlineData(null, "here", null, null, "The setting SaveTo is 'here'; it must be an absolute path.")]
    [InlineData(null, null, "perhaps", null, "The setting Overwrite is 'perhaps'; it must be yes, no.")]
    [InlineData(null, null, null, "fast", "The setting Limit is 'fast'; it must be bytes a second, with K, M or G, such as 2M, or none.")]
    [InlineData("ask", "/full", null, null, "Nothing can be saved to /full")]
    public async Task What_is_not_possible_is_said_by_its_name_and_nothing_is_changed(string? accept, string? saveTo, string? overwrite, string? limit, string why)
    {
        _device.OnChangeReceiving = rule => rule.SaveTo == "/full" ? "Nothing can be saved to /full: it is full" : null;
        await using var agent = await StartAsync(Options());

        var problem = await Assert.ThrowsAsync<LocalApiException>(() => agent.Client.ChangeSettingsAsync(new SettingsRequest(accept, saveTo, overwrite, limit), CancellationToken.None));

        Assert.Equal(ProblemCodes.BadRequest, problem.Code);
        Assert.StartsWith(why, problem.Message, StringComparison.Ordinal);
        var now = await agent.Client.GetStatusAsync(CancellationToken.None);
        Assert.Equal(("own", "yes", null), (now.Accept, now.Overwrite, now.Limit));
        Assert.Empty(Directory.GetFiles(_home.Home, "settings*"));
    }

    [Fact]
    public async Task What_is_sent_goes_at_the_rate_that_is_set_unless_it_has_one_of_its_own()
    {
        await using var agent = await StartAsync(Options());
        await agent.Client.ChangeSettingsAsync(new SettingsRequest(Limit: "1M"), CancellationToken.None);

        foreach (var own in (long[])[0, 5])
            await Assert.ThrowsAsync<LocalApiException>(() => agent.Client.SendAsync(new SendRequest(["/etc/hostname"], "192.0.2.1:4747", BytesPerSecond: own), CancellationToken.None));

        Assert.Equal([1L << 20, 5], _device.Limits);
    }

    [Fact]
    public void What_cannot_be_read_is_not_passed_over()
    {
        Directory.CreateDirectory(_home.Home);
        File.WriteAllBytes(Path.Combine(_home.Home, "settings.json"), Encoding.UTF8.GetBytes("{"));

        Assert.Contains("settings.json", Assert.Throws<SettingException>(() => Options()).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();
}
