using Microsoft.Playwright;

namespace OpenShare.Registration.Tests.Support;

/// <summary>Debian's Chromium, one for a class of tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    /// <summary>Milliseconds, on a machine that does much else.</summary>
    private const float Patience = 20_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public Task InitializeAsync() => StartAsync();

    /// <param name="more">options of its own</param>
    internal async Task StartAsync(params string[] more)
    {
        if (!File.Exists(Program))
            return;
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", .. more],
        });
    }

    /// <summary>A page of its own, with nothing kept from others. The service's certificate is nobody's a browser knows.</summary>
    /// <param name="prepare">what is done with it before it goes there</param>
    internal async Task<IPage> OpenAsync(Uri url, Action<IPage>? prepare = null)
    {
        Skip.If(_browser is null, "Chromium is not installed here");
        var page = await _browser.NewPageAsync(new() { IgnoreHTTPSErrors = true });
        page.SetDefaultTimeout(Patience);
        prepare?.Invoke(page);
        await page.GotoAsync(url.ToString());
        return page;
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
