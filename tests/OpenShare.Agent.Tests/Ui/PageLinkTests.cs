using OpenShare.Agent.Hosting;
using OpenShare.Agent.Tests.Support;

namespace OpenShare.Agent.Tests.Ui;

/// <summary>The link leads to the page that was meant, and nowhere else.</summary>
public sealed class PageLinkTests : IDisposable
{
    private readonly TestHome _home = new();

    [Theory]
    [InlineData("&page=pairing", "url=/#pairing\"")]
    [InlineData("&page=//evil.example", "url=/\"")]
    [InlineData("&page=%22%3E%3Cscript%3E", "url=/\"")]
    [InlineData("", "url=/\"")]
    public async Task A_link_opens_at_a_page(string more, string leads)
    {
        await using var agent = await AgentHosting.LauncherOf(new FakeDevice().Start).HostAsync(TestAgent.Options(_home.Home) with { ServesPages = true }, CancellationToken.None);
        using var browser = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var link = await agent.Client.GetUiLinkAsync(CancellationToken.None);

        Assert.Contains(leads, await browser.GetStringAsync(new Uri(link.Url + more)), StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();
}
