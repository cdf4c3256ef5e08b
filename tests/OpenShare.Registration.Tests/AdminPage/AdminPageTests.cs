using Microsoft.Playwright;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Tests.Support;
using static Microsoft.Playwright.Assertions;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Tests.AdminPage;

/// <summary>The administrators' page in a real browser.</summary>
public sealed class AdminPageTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private const string Hostile = "<img src=x onerror=document.title='run'>";

    private readonly TestDevice _laptop = new(name: "laptop");
    private readonly TestDevice _hostile = new(name: Hostile);
    private TestService _service = null!;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync();
        foreach (var device in (TestDevice[])[_laptop, _hostile])
        {
            using (await device.RegisterAsync(_service.Http, await _service.TokenAsync())) { }
        }
    }

    [SkippableFact]
    public async Task By_the_keyboard_alone_a_device_is_found_and_revoked()
    {
        var page = await SignInAsync("registrar");
        await Expect(page.GetByRole(AriaRole.Row)).ToHaveCountAsync(3);

        await TabToAsync(page, page.GetByLabel("Search"));
        await page.Keyboard.TypeAsync("lapt");
        await Expect(page.GetByText("1 device", new() { Exact = true })).ToBeVisibleAsync();
        await TabToAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Revoke laptop" }));
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("lost on a train");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByText("laptop is revoked")).ToBeVisibleAsync();
        await Expect(page.GetByText("revoked: lost on a train")).ToBeVisibleAsync();
        var device = Assert.Single((await _service.Admin.ListDevicesAsync(null, default)).Value().Devices, d => d.Name == "laptop");
        Assert.Equal(("revoked", "lost on a train"), (device.State, device.RevokeReason));
    }

    [SkippableFact]
    public async Task Of_many_devices_the_first_are_shown_and_any_is_found()
    {
        await _service.AddDevicesAsync(205);
        var page = await SignInAsync("registrar");
        await Expect(page.GetByText("The first 200 devices are shown")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Row)).ToHaveCountAsync(201);

        await page.GetByLabel("Search").FillAsync("NUMBER 205");

        await Expect(page.GetByText("1 device", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Revoke number 205" })).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task Whoever_thinks_again_revokes_nothing()
    {
        var page = await SignInAsync("admin");

        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke laptop" }).ClickAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke laptop" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Audit" }).ClickAsync();

        await Expect(page.GetByText("admin created: name dana").First).ToBeVisibleAsync();
        Assert.All((await _service.Admin.ListDevicesAsync(null, default)).Value().Devices, d => Assert.Equal("active", d.State));
    }

    [SkippableFact]
    public async Task A_token_is_made_that_registers_a_device()
    {
        var page = await SignInAsync("registrar");

        await page.GetByRole(AriaRole.Button, new() { Name = "Tokens" }).ClickAsync();
        await page.GetByLabel("Account").FillAsync("carol");
        await page.GetByLabel("Account").PressAsync("Enter");

        var made = page.GetByLabel("Token, shown this once");
        await Expect(made).ToBeFocusedAsync();
        using var phone = await new TestDevice(name: "phone", account: "carol").RegisterAsync(_service.Http, await made.InputValueAsync());
        Assert.True(phone.IsSuccessStatusCode, await phone.Content.ReadAsStringAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Devices" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "phone", Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Tokens" }).ClickAsync();
        await Expect(made).ToBeHiddenAsync();
        Assert.Equal("", await made.InputValueAsync());
    }

    [SkippableFact]
    public async Task An_auditor_reads_and_verifies_the_log_and_can_change_nothing()
    {
        var page = await SignInAsync("auditor");
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "laptop", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Revoke" })).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Tokens" })).ToBeHiddenAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Audit" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Verify the whole log" }).ClickAsync();

        await Expect(page.GetByText("none was altered")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task What_a_device_is_called_is_text_and_nothing_else()
    {
        var page = await SignInAsync("admin");

        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = Hostile, Exact = true })).ToBeVisibleAsync();
        Assert.Equal(0, await page.Locator("img").CountAsync());
        Assert.Equal("OpenShare administration", await page.TitleAsync());
    }

    [SkippableFact]
    public async Task Nothing_is_shown_without_a_good_token_nor_kept_when_the_page_is_left()
    {
        var page = await browser.OpenAsync(new Uri(_service.Url, "/admin"));
        await page.GetByLabel("Admin token").FillAsync("osa1_wrong");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("admin token");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Devices" })).ToBeHiddenAsync();

        page = await SignInAsync("admin");
        await page.ReloadAsync();

        await Expect(page.GetByLabel("Admin token")).ToBeFocusedAsync();
        Assert.Equal("{}{}", await page.EvaluateAsync<string>("JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie"));
    }

    [Fact]
    public async Task It_lets_no_other_script_run_and_is_shown_in_no_frame()
    {
        foreach (var path in (string[])["/admin/", "/admin/admin.js", "/admin/admin.css"])
        {
            using var answer = await _service.Http.GetAsync(path);

            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            using var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
            Assert.Equal(System.Net.HttpStatusCode.NotModified, (await _service.Http.SendAsync(again)).StatusCode);
        }
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    private async Task<IPage> SignInAsync(string role)
    {
        var page = await browser.OpenAsync(new Uri(_service.Url, "/admin"));
        var dana = (await _service.Admin.CreateAdminAsync(new CreateAdmin("dana", role), default)).Value();
        await Expect(page.GetByLabel("Admin token")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(dana.Token);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText($"dana ({role})")).ToBeVisibleAsync();
        return page;
    }

    private static async Task TabToAsync(IPage page, ILocator wanted)
    {
        for (var presses = 0; presses < 20; presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await wanted.EvaluateAsync<bool>("element => element === document.activeElement"))
                return;
        }
        Assert.Fail("The Tab key does not lead there.");
    }
}
