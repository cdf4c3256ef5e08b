using System.Text.RegularExpressions;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.EndToEnd.Tests.Registration;

/// <summary>A service whose people log in at an issuer of the test's, and a browser that is a script, on the PATH.</summary>
public sealed class LoginPlace : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    internal TestIssuer Issuer { get; private set; } = null!;

    internal Server Server { get; private set; } = null!;

    internal string Programs => Directory.CreateDirectory(Path.Combine(_folder.Path, "programs")).FullName;

    public async Task InitializeAsync()
    {
        Issuer = await TestIssuer.StartAsync(TimeProvider.System);
        Server = await Server.StartAsync(["--oidc-issuer", Issuer.Url, "--oidc-audience", TestIssuer.Audience]);
        var browser = Path.Combine(Programs, "xdg-open");
        await File.WriteAllTextAsync(browser, "#!/bin/sh\nexec curl -sL \"$1\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(browser, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public async Task DisposeAsync()
    {
        Server.Dispose();
        await Issuer.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>register --login, all of it: the real service and the real command, an issuer, and a browser that is a script.</summary>
[Collection(Processes.Name)]
public sealed partial class LoginTests(LoginPlace place) : IClassFixture<LoginPlace>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestIssuer _issuer = place.Issuer;
    private readonly Server _server = place.Server;

    public void Dispose() => _folder.Dispose();

    private async Task<CommandResult> LogInAsync(TestDevice device, string[] trust, params (string Name, string Value)[] environment)
    {
        var all = environment.ToDictionary(v => v.Name, v => v.Value);
        all["PATH"] = $"{place.Programs}:{Environment.GetEnvironmentVariable("PATH")}";
        using var command = RunningProcess.Start(
            Checkout.OpenShare, ["--home", device.Home, "register", "--server", _server.Url, "--login", .. trust, "--name", device.Name, "--json"], all);
        return await command.EndAsync();
    }

    [SkippableFact]
    public async Task Whoever_logs_in_is_certified_with_an_agent_and_without()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "xdg-open is Linux's");
        string[] trust = ["--server-fingerprint", Fingerprint().Match(_server.Said).Value];
        using var alone = new TestDevice(_folder.Path, "alone");
        using var running = new TestDevice(_folder.Path, "running");
        await running.StartAgentAsync();

        var first = (await LogInAsync(alone, trust)).EndedWith(0).Said("/authorize?");
        var second = (await LogInAsync(running, trust)).EndedWith(0);

        Assert.Equal(("alice", "certified"), (first.Json.Text("account_id"), first.Json.Text("trust")));
        Assert.Equal(("alice", "certified"), (second.Json.Text("account_id"), second.Json.Text("trust")));
        var audit = (await _server.RunAsync("audit", "show", "--json")).EndedWith(0).Json.GetProperty("lines").EnumerateArray();
        Assert.Equal(["alone", "running"], audit.Where(l => l.TryGetProperty("by", out var by) && by.GetString() == "oidc:alice").Select(l => l.GetProperty("act").Text("name")!).Where(n => n != "device").Order());
        // What was shown is nobody else's to read afterwards.
        foreach (var session in _issuer.Given)
        {
            Assert.DoesNotContain(session, first.ToString() + second + _server.Errors + running.Agent, StringComparison.Ordinal);
            Assert.All(Directory.EnumerateFiles(alone.Home), file => Assert.False(File.ReadAllBytes(file).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(session)) >= 0, file));
        }
    }

    [SkippableFact]
    public async Task Without_a_fingerprint_the_systems_authorities_vouch_for_the_server_or_nobody_logs_in()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "xdg-open is Linux's");
        using var device = new TestDevice(_folder.Path, "device");
        var asked = _issuer.Asked.Count;

        (await LogInAsync(device, [])).EndedWith(1).Said("--server-fingerprint or --ca");
        Assert.Equal(asked, _issuer.Asked.Count);

        var authorities = Path.Combine(_folder.Path, "authorities.pem");
        File.Copy(_server.InData("tls-certificate.pem"), authorities);
        (await LogInAsync(device, [], ("SSL_CERT_FILE", authorities))).EndedWith(0);
        Assert.Equal("certified", (await device.StatusAsync()).Text("trust"));
    }

    [SkippableFact]
    public async Task A_relay_with_a_TLS_key_of_its_own_learns_nothing()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "xdg-open is Linux's");
        using var relay = TlsHost.RelayTo(_server.Port);
        using var device = new TestDevice(_folder.Path, "device");
        var asked = _issuer.Asked.Count;
        using var command = RunningProcess.Start(Checkout.OpenShare, [
            "--home", device.Home, "register", "--server", relay.Url, "--login", "--server-fingerprint", Fingerprint().Match(_server.Said).Value]);

        (await command.EndAsync()).EndedWith(1).Said("fingerprint");

        Assert.Empty(relay.Heard);
        Assert.Equal(asked, _issuer.Asked.Count);
    }

    [GeneratedRegex("(?<=TLS fingerprint )sha256:[0-9a-f]{64}")]
    private static partial Regex Fingerprint();
}
