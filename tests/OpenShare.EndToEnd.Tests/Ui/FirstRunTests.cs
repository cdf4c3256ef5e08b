using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.EndToEnd.Tests.Registration;
using OpenShare.Registration.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace OpenShare.EndToEnd.Tests.Ui;

/// <summary>What somebody meets who has just begun: a page that leads to an account, and the settings.</summary>
[Collection(Processes.Name)]
public sealed partial class FirstRunTests(LoginPlace place, Browser browser) : IClassFixture<LoginPlace>, IClassFixture<Browser>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Server _server = place.Server;

    private TestDevice Alice => field ??= new TestDevice(_folder.Path, "alice");

    private TestDevice Bob => field ??= new TestDevice(_folder.Path, "bob");

    [SkippableFact]
    public async Task The_first_page_registers_and_says_plainly_that_the_account_is_full()
    {
        var token = await _server.TokenAsync("small", "--uses", "2");
        (await _server.RunAsync("quota", "set", "small", "1")).EndedWith(0);
        await Task.WhenAll(Alice.StartUnregisteredAgentAsync(), Bob.StartUnregisteredAgentAsync());
        var (alice, bob) = (await OpenAsync(Alice), await OpenAsync(Bob));

        await RegisterAsync(alice, "studio", token);
        await Expect(alice.Locator("#own-trust")).ToHaveTextAsync("certified");
        await Expect(alice.GetByText("This device is registered as studio.")).ToBeVisibleAsync();
        await RegisterAsync(bob, "den", token);
        await Expect(bob.Locator("p.bad")).ToContainTextAsync("quota");
    }

    [SkippableFact]
    public async Task Without_a_token_one_logs_in()
    {
        await Alice.StartUnregisteredAgentAsync();
        var page = await OpenAsync(Alice);
        await page.GetByLabel("The organisation’s server").FillAsync(_server.Url);
        await page.GetByText("There is no token: log in").ClickAsync();
        await page.GetByLabel("its fingerprint").FillAsync(Fingerprint().Match(_server.Said).Value);

        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Log in there" }).ClickAsync();

        await Expect(page.Locator("#own-trust")).ToHaveTextAsync("certified");
    }

    [SkippableFact]
    public async Task Settings_are_changed_on_the_page_kept_and_refused_by_their_names()
    {
        await Alice.StartUnregisteredAgentAsync();
        var page = await OpenAsync(Alice);
        await page.GetByRole(AriaRole.Link, new() { Name = "Settings" }).ClickAsync();
        await page.GetByLabel("Accept from").SelectOptionAsync("ask");
        await page.GetByLabel("Bytes a second").FillAsync("fast");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep" }).ClickAsync();
        await Expect(page.Locator("#message .bad")).ToContainTextAsync("The setting Limit is 'fast'");

        await page.GetByLabel("Bytes a second").FillAsync("2M");
        await page.GetByLabel("Save what is received to").FillAsync(_folder["elsewhere"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep" }).ClickAsync();
        await Expect(page.GetByText("Kept, also for the next start.")).ToBeVisibleAsync();

        await Alice.Agent.TerminateAsync();
        await Alice.StartAgentAsync();
        var status = await Alice.StatusAsync();
        Assert.Equal(("ask", _folder["elsewhere"], 2 << 20), (status.Text("accept"), status.Text("save_to"), status.GetProperty("limit").GetInt32()));
    }

    private async Task RegisterAsync(IPage page, string name, string token)
    {
        await page.GetByLabel("The organisation’s server").FillAsync(_server.Url);
        await page.GetByLabel("What this device is to be called").FillAsync(name);
        await page.GetByLabel("The token that its administrator gave you").FillAsync(token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();
    }

    private async Task<IPage> OpenAsync(TestDevice device) => await browser.OpenAsync(new Uri((await device.RunAsync("ui", "--print")).EndedWith(0).Output.Trim()));

    [GeneratedRegex("sha256:[0-9a-f]{64}")]
    private static partial Regex Fingerprint();

    public void Dispose()
    {
        Alice.Dispose();
        Bob.Dispose();
        _folder.Dispose();
    }
}
