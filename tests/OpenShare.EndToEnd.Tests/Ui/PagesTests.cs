using Microsoft.Playwright;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Registration.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace OpenShare.EndToEnd.Tests.Ui;

/// <summary>The pages of real agents in a real browser.</summary>
[Collection(Processes.Name)]
public sealed class PagesTests(SharedServer shared, Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private TestDevice Alice => field ??= new TestDevice(_folder.Path, "alice");

    private TestDevice Bob => field ??= new TestDevice(_folder.Path, "bob") { Accept = "ask" };

    [SkippableFact]
    public async Task A_tree_is_sent_from_one_page_and_accepted_on_the_others()
    {
        await BothStartAsync();
        var tree = _folder["Photos"];
        Directory.CreateDirectory(Path.Combine(tree, "summer"));
        Samples.MakeFile(Path.Combine(tree, "summer", "sea.jpg"), 3 * Samples.MiB);
        var (alice, bob) = (await OpenAsync(Alice), await OpenAsync(Bob));

        await alice.GetByRole(AriaRole.Button, new() { Name = "More for bob" }).ClickAsync();
        await alice.GetByLabel("A file or folder of this machine").FillAsync(tree);
        await alice.GetByRole(AriaRole.Button, new() { Name = "Send it" }).ClickAsync();
        await Expect(bob.GetByText("alice sends Photos")).ToBeVisibleAsync();
        await bob.GetByRole(AriaRole.Button, new() { Name = "Accept Photos" }).ClickAsync();

        await bob.GetByRole(AriaRole.Link, new() { Name = "Transfers" }).ClickAsync();
        await Expect(bob.GetByLabel("History").GetByText("Photos")).ToBeVisibleAsync();
        await alice.GetByRole(AriaRole.Link, new() { Name = "Transfers" }).ClickAsync();
        await alice.GetByRole(AriaRole.Button, new() { Name = "Receipt of Photos" }).ClickAsync();
        await Expect(alice.GetByText("delivered, 0 skipped")).ToBeVisibleAsync();
        Samples.AssertSame(Path.Combine(tree, "summer", "sea.jpg"), Bob.Received("Photos/summer/sea.jpg"));
    }

    [SkippableFact]
    public async Task What_is_chosen_in_the_browser_arrives_and_is_kept_nowhere_else()
    {
        await BothStartAsync();
        var file = Samples.MakeFile(_folder["holiday.mov"], 5 * Samples.MiB);
        var (alice, bob) = (await OpenAsync(Alice), await OpenAsync(Bob));

        await alice.Locator("input[type=file]").SetInputFilesAsync(file);
        await bob.GetByRole(AriaRole.Button, new() { Name = "Accept holiday.mov" }).ClickAsync();
        await Bob.EndOfNewestAsync("completed");

        Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(Bob.Received("holiday.mov")));
        // A browser tells the time to the millisecond.
        Assert.Equal(File.GetLastWriteTimeUtc(file), File.GetLastWriteTimeUtc(Bob.Received("holiday.mov")), TimeSpan.FromMilliseconds(1));
        await Eventually.TrueAsync("what was dropped is gone", Patience.Long, () => Task.FromResult(Directory.GetDirectories(Path.Combine(Alice.Home, "drops")).Length == 0));
    }

    [SkippableFact]
    public async Task What_a_file_manager_hands_over_goes_to_the_device_that_is_chosen()
    {
        await BothStartAsync();
        var file = Samples.MakeFile(_folder["sea.jpg"], Samples.MiB);
        var chosen = await LocalApi.PostAsync(Alice, "/v1/ui/selections", new { paths = new[] { file } });
        var (alice, bob) = (await OpenAsync(Alice, at: $"&page=send-{chosen.GetProperty("id").GetString()}"), await OpenAsync(Bob));

        await Expect(alice.GetByText(file)).ToBeVisibleAsync();
        Assert.Equal("[]", await LocalApi.GetAsync(Alice, "/v1/transfers"));
        await alice.GetByRole(AriaRole.Button, new() { Name = "Send to bob" }).ClickAsync();
        await bob.GetByRole(AriaRole.Button, new() { Name = "Accept sea.jpg" }).ClickAsync();
        await Expect(alice.GetByLabel("History").GetByText("sea.jpg")).ToBeVisibleAsync();
        Samples.AssertSame(file, Bob.Received("sea.jpg"));
    }

    [SkippableFact]
    public async Task A_transfer_is_paused_goes_on_and_is_cancelled_from_a_page()
    {
        await BothStartAsync();
        var (alice, bob) = (await OpenAsync(Alice), await OpenAsync(Bob));
        (await Alice.RunAsync("send", Samples.MakeFile(_folder["long"], 64 * Samples.MiB), "--to", Bob.Id, "--limit", "4M", "--detach")).EndedWith(0);
        await bob.GetByRole(AriaRole.Button, new() { Name = "Accept long" }).ClickAsync();
        await alice.GetByRole(AriaRole.Link, new() { Name = "Transfers" }).ClickAsync();

        await alice.GetByRole(AriaRole.Button, new() { Name = "Pause: long" }).ClickAsync();
        await Expect(alice.GetByText("paused,")).ToBeVisibleAsync();
        await alice.GetByRole(AriaRole.Button, new() { Name = "Go on: long" }).ClickAsync();
        await Expect(alice.GetByText("under way,")).ToBeVisibleAsync();
        await alice.GetByRole(AriaRole.Button, new() { Name = "Cancel: long" }).ClickAsync();
        await Expect(alice.GetByLabel("History").GetByText("cancelled")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task Two_devices_are_paired_from_their_pages_and_a_revoked_one_is_seen_to_be()
    {
        await Alice.RegisterAsync(shared.Server, $"account-{Guid.NewGuid():N}"[..20]);
        await Task.WhenAll(Alice.StartAgentAsync(), Bob.StartUnregisteredAgentAsync());
        var (alice, bob) = (await OpenAsync(Alice), await OpenAsync(Bob));
        foreach (var page in (IPage[])[alice, bob])
            await page.GetByRole(AriaRole.Link, new() { Name = "Pairing", Exact = true }).ClickAsync();

        await bob.GetByRole(AriaRole.Button, new() { Name = "Show this device" }).ClickAsync();
        await Expect(bob.GetByAltText("The same as a QR")).ToBeVisibleAsync();
        await alice.GetByRole(AriaRole.Listitem).Filter(new() { HasText = Bob.Id[..8] }).GetByRole(AriaRole.Button).ClickAsync();
        var digits = await bob.Locator(".digits").InnerTextAsync();
        await Expect(alice.Locator(".digits")).ToHaveTextAsync(digits);
        foreach (var page in (IPage[])[bob, alice])
            await page.GetByRole(AriaRole.Button, new() { Name = "Yes, the same" }).ClickAsync();

        // The server is in reach here, and registers it on alice's word.
        await Expect(bob.Locator("#own-trust")).ToHaveTextAsync("certified");
        await alice.GetByRole(AriaRole.Link, new() { Name = "Devices" }).ClickAsync();
        await shared.Server.RevokeAsync(Bob.Id);
        await Expect(alice.GetByText("revoked", new() { Exact = true })).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task A_page_asks_for_nothing_elsewhere_is_small_and_says_plainly_that_a_token_is_bad()
    {
        await Bob.StartUnregisteredAgentAsync();
        var (size, elsewhere) = (0L, new List<string>());
        var page = await OpenAsync(Bob, p => p.Response += (_, response) =>
        {
            size += long.Parse(response.Headers.GetValueOrDefault("content-length") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
            if (!response.Url.StartsWith("http://127.0.0.1:", StringComparison.Ordinal))
                elsewhere.Add(response.Url);
        });
        await Expect(page.GetByText("Register this device")).ToBeVisibleAsync();
        Assert.InRange(size, 10_000, 150_000);
        Assert.Empty(elsewhere);

        await page.GetByLabel("The organisation’s server").FillAsync(shared.Server.Url);
        await page.GetByLabel("The token that its administrator gave you").FillAsync("nonsense");
        await page.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();
        await Expect(page.Locator("#message .bad")).ToContainTextAsync("token");
    }

    private async Task BothStartAsync()
    {
        var token = await shared.Server.TokenAsync($"account-{Guid.NewGuid():N}"[..20], "--uses", "2");
        foreach (var device in (TestDevice[])[Alice, Bob])
            await device.BeginAsync(shared.Server.Url, token);
        await Alice.SeesAsync(Bob);
    }

    private async Task<IPage> OpenAsync(TestDevice device, Action<IPage>? prepare = null, string at = "") =>
        await browser.OpenAsync(new Uri((await device.RunAsync("ui", "--print")).EndedWith(0).Output.Trim() + at), prepare);

    public void Dispose()
    {
        Alice.Dispose();
        Bob.Dispose();
        _folder.Dispose();
    }
}
