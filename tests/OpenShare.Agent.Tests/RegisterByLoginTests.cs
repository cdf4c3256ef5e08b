using System.Diagnostics.CodeAnalysis;
using OpenShare.Agent.Browsing;
using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Hosting;
using OpenShare.Device.Views;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Agent.Tests;

/// <summary>The command register --login, with a browser of the test's on the PATH.</summary>
[SuppressMessage("Interoperability", "CA1416", Justification = "These tests run on Linux.")]
public sealed class RegisterByLoginTests : IAsyncLifetime, IDisposable
{
    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();
    private readonly DirectoryInfo _programs = Directory.CreateTempSubdirectory("os-programs-");
    private TestEnvironment _path = null!;
    private TestIssuer _issuer = null!;

    public async Task InitializeAsync()
    {
        _path = TestEnvironment.With("PATH", $"{_programs.FullName}:{Environment.GetEnvironmentVariable("PATH")}");
        _issuer = await TestIssuer.StartAsync(TimeProvider.System);
        _device.Change(_ => Some.Unregistered);
        _device.OnFindLogin = server => new LoginOffer(server, new ServerTrust.BySystem(), new byte[32], _issuer.Url, TestIssuer.ClientId, ["openid"]);
        _device.OnRegister = _ =>
        {
            _device.Change(_ => Some.Status);
            return new RegistrationStart.Begun();
        };
    }

    public async Task DisposeAsync()
    {
        _path.Dispose();
        await _issuer.DisposeAsync();
    }

    public void Dispose()
    {
        _programs.Delete(recursive: true);
        _home.Dispose();
    }

    /// <param name="script">with what is to be opened as $1</param>
    private void Browser(string script)
    {
        var program = Path.Combine(_programs.FullName, "xdg-open");
        File.WriteAllText(program, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private string Opened => Path.Combine(_programs.FullName, "opened");

    private static string[] Register(params string[] more) => ["register", "--server", "https://share.example:8443", "--login", .. more];

    [SkippableFact]
    public async Task The_browser_is_opened_and_the_certificate_comes()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "xdg-open is Linux's");
        Browser($"echo \"$1\" >> {Opened}\necho noise\necho noise >&2\nexec curl -sL \"$1\"");
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync(Register("--name", "laptop")));

        Assert.StartsWith("Registered as alice (a11ce000) in account home", cli.Out, StringComparison.Ordinal);
        var url = Assert.Single(await File.ReadAllLinesAsync(Opened));
        Assert.Contains(url, cli.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("noise", cli.Out + cli.Error, StringComparison.Ordinal);
        Assert.IsType<LoginSession>(Assert.Single(_device.Orders).Credential);
        Assert.DoesNotContain(Assert.Single(_issuer.Given), cli.Out + cli.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Without_a_browser_the_address_is_printed_and_opened_elsewhere()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "xdg-open is Linux's");
        Browser("exit 3");
        using var cli = new Support.Cli(_home, _device);
        var registering = cli.RunAsync(Register());
        await Until.TrueAsync(() => cli.Error.Contains("/authorize?", StringComparison.Ordinal), "the address is printed");

        using var browser = new HttpClient();
        using var page = await browser.GetAsync(new Uri(cli.Error.Split('\n').Single(line => line.Contains("/authorize?", StringComparison.Ordinal)).Trim()));

        Assert.Equal(0, await registering);
    }

    [SkippableFact]
    public async Task A_login_that_fails_ends_with_7_and_its_reason()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "xdg-open is Linux's");
        Browser("exec curl -sL \"$1\"");
        _issuer.Redirecting = answer => new() { ["error"] = "access_denied", ["state"] = answer["state"] };
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(7, await cli.RunAsync(Register()));

        Assert.Contains("declined", cli.Error, StringComparison.Ordinal);
        Assert.Empty(_device.Orders);
    }

    [SkippableFact]
    public async Task Interrupted_it_ends_with_3_and_registers_nothing()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "xdg-open is Linux's");
        Browser("exit 0");
        using var cli = new Support.Cli(_home, _device);
        var registering = cli.RunAsync(Register());
        await Until.TrueAsync(() => cli.Error.Contains("/authorize?", StringComparison.Ordinal), "the address is printed");

        cli.Interrupt();

        Assert.Equal(3, await registering);
        Assert.Empty(_device.Orders);
    }

    [Fact]
    public async Task A_server_that_is_away_ends_it_with_6()
    {
        _device.OnFindLogin = _ => new ServiceFailure.Unreachable("The server does not answer.");
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(6, await cli.RunAsync(Register()));
    }

    [Fact]
    public async Task A_fingerprint_vouches_for_the_server()
    {
        _device.OnFindLogin = _ => new ServiceFailure.Untrusted("Another.");
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(1, await cli.RunAsync(Register("--server-fingerprint", "sha256:" + new string('a', 64))));

        Assert.IsType<ServerTrust.ByFingerprint>(Assert.Single(_device.Trusted));
    }

    [SkippableTheory]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("--help")]
    public void Nothing_but_web_addresses_is_opened(string url)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "xdg-open is Linux's");
        Assert.Null(WebBrowser.StartOf(url));
        Browser("exit 0");
        Assert.NotNull(WebBrowser.StartOf("https://login.example/authorize"));
    }
}
