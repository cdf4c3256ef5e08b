using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Registration.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace OpenShare.EndToEnd.Tests.Ui;

/// <summary>What axe-core finds on each page, light and dark, wide and as a telephone shows it.</summary>
[Collection(Processes.Name)]
public sealed class AccessibilityTests(SharedServer shared, Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private TestDevice Alice => field ??= new TestDevice(_folder.Path, "alice");

    private TestDevice Bob => field ??= new TestDevice(_folder.Path, "bob") { Accept = "ask" };

    [SkippableFact]
    public async Task Nothing_serious_is_found_on_any_page()
    {
        var token = await shared.Server.TokenAsync($"account-{Guid.NewGuid():N}"[..20], "--uses", "2");
        foreach (var device in (TestDevice[])[Alice, Bob])
            await device.BeginAsync(shared.Server.Url, token);
        await Alice.SeesAsync(Bob);
        (await Alice.RunAsync("send", Samples.MakeFile(_folder["file"], 1000), "--to", Bob.Id, "--detach")).EndedWith(0);
        var page = await OpenAsync(Bob);
        await Expect(page.GetByText("alice sends file")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "More for alice" }).ClickAsync();
        await JudgeAsync(page, "Devices", "Transfers", "Pairing", "Health", "Settings");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task Nor_on_those_of_a_new_device()
    {
        await Alice.StartUnregisteredAgentAsync();
        var page = await OpenAsync(Alice);
        await page.GetByRole(AriaRole.Link, new() { Name = "Pairing", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show this device" }).ClickAsync();
        await Expect(page.GetByAltText("The same as a QR")).ToBeVisibleAsync();
        await page.GetByText("There is no token: log in").ClickAsync();
        await JudgeAsync(page, "Pairing", "Devices");
    }

    // An alarm that is never heard is none: a picture without words is serious to axe.
    [SkippableFact]
    public async Task What_is_serious_is_found()
    {
        await Alice.StartUnregisteredAgentAsync();
        var page = await OpenAsync(Alice);
        await Expect(page.GetByText("Register this device")).ToBeVisibleAsync();
        await page.EvaluateAsync("document.querySelector('main').append(document.createElement('img'))");
        Assert.Contains(await SeriousAsync(page), found => found.StartsWith("image-alt", StringComparison.Ordinal));
    }

    private static async Task JudgeAsync(IPage page, params string[] names)
    {
        foreach (var name in names)
        {
            await page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();
            foreach (var (scheme, width) in ((ColorScheme, int)[])[(ColorScheme.Light, 1000), (ColorScheme.Dark, 360)])
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.SetViewportSizeAsync(width, 800);
                var serious = await SeriousAsync(page);
                Assert.True(serious.Count == 0, $"{name}, {scheme}: {string.Join('\n', serious)}");
                Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{name} is wider than a window of {width}");
            }
        }
    }

    private static async Task<IReadOnlyList<string>> SeriousAsync(IPage page) =>
        [.. (await page.RunAxe()).Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{v.Id}: {v.Help} at {string.Join(", ", v.Nodes.Select(n => n.Html + n.Any.FirstOrDefault()?.Message))}")];

    private async Task<IPage> OpenAsync(TestDevice device) => await browser.OpenAsync(new Uri((await device.RunAsync("ui", "--print")).EndedWith(0).Output.Trim()));

    public void Dispose()
    {
        Alice.Dispose();
        Bob.Dispose();
        _folder.Dispose();
    }
}
