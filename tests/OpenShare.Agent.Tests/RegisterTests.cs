using Microsoft.Extensions.Time.Testing;
using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Hosting;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Agent.Tests;

/// <summary>The command register, with and without a running agent.</summary>
public sealed class RegisterTests : IDisposable
{
    private static readonly string Token = new RegistrationTokenText(new byte[16], AccountId.Parse("home"), new byte[32]).Reveal();

    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();

    public RegisterTests() => _device.Change(_ => Some.Unregistered);

    private static string[] Register(params string[] more) => ["register", "--server", "https://share.example:8443", "--token", Token, .. more];

    private RegistrationStart Becomes(RegistrationState state)
    {
        _device.Change(status => state is RegistrationState.Certified ? Some.Status : status with { Registration = state });
        return new RegistrationStart.Begun();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_ends_with_the_certificate(bool agentRuns)
    {
        _device.OnRegister = _ => Becomes(new RegistrationState.Certified(new Uri("https://share.example:8443")));
        await using var agent = agentRuns ? await TestAgent.StartAsync(_home.Home, _device) : null;
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync(Register("--name", "laptop")));

        Assert.StartsWith("Registered as alice (a11ce000) in account home", cli.Out, StringComparison.Ordinal);
        Assert.Contains("passphrase", cli.Error, StringComparison.Ordinal);
        var order = Assert.Single(_device.Orders);
        Assert.Equal("laptop", order.Name);
        Assert.Equal("home", order.Credential.Account.Value);
        Assert.IsType<ServerTrust.ByToken>(order.ServerTrust);
        Assert.Equal(agentRuns ? DeviceReach.Network : DeviceReach.HomeOnly, _device.Options!.Reach);
    }

    [Theory]
    [InlineData(RegistrationRefusal.BadToken, 7)]
    [InlineData(RegistrationRefusal.Quota, 7)]
    [InlineData(RegistrationRefusal.Revoked, 5)]
    [InlineData(RegistrationRefusal.WrongServer, 1)]
    [InlineData(RegistrationRefusal.Other, 1)]
    public async Task A_refusal_is_told_with_its_reason_and_code(RegistrationRefusal reason, int code)
    {
        _device.OnRegister = _ => Becomes(new RegistrationState.Refused(reason, "The reason."));
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(code, await cli.RunAsync(Register()));

        Assert.Equal("Not registered: The reason.", cli.Error.TrimEnd());
    }

    [Fact]
    public async Task Trouble_is_told_while_it_is_tried_again()
    {
        using var cli = new Support.Cli(_home, _device);
        var registering = cli.RunAsync(Register());
        await Until.TrueAsync(() => _device.Orders.Count == 1, "the registration is begun");

        Becomes(new RegistrationState.Underway(new Uri("https://share.example:8443"), 2, "The server does not answer.", Some.Time));
        await Until.TrueAsync(() => cli.Error.Contains("does not answer", StringComparison.Ordinal), "the trouble is told");
        Becomes(new RegistrationState.Certified(new Uri("https://share.example:8443")));

        Assert.Equal(0, await registering);
    }

    [Fact]
    public async Task A_server_that_stays_away_ends_it_with_6()
    {
        var time = new FakeTimeProvider();
        using var cli = new Support.Cli(_home, _device) { Time = time };
        var registering = cli.RunAsync(Register("--wait", "30"));
        await Until.TrueAsync(() => _device.Orders.Count == 1, "the registration is begun");

        await Until.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return registering.IsCompleted;
        }, "patience ends");

        Assert.Equal(6, await registering);
        Assert.Contains("openshare agent", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_it_ends_and_keeps_the_request()
    {
        using var cli = new Support.Cli(_home, _device);
        var registering = cli.RunAsync(Register());
        await Until.TrueAsync(() => _device.Orders.Count == 1, "the registration is begun");

        cli.Interrupt();

        Assert.Equal(3, await registering);
    }

    [Fact]
    public async Task A_registered_device_is_not_registered_again()
    {
        _device.Change(_ => Some.Status);
        _device.OnRegister = _ => new RegistrationStart.AlreadyRegistered();
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(1, await cli.RunAsync(Register()));

        Assert.Contains("'alice' in account home", cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://", "http://share.example", "ost1_")]
    [InlineData("registration token", "https://share.example", "nonsense")]
    public async Task What_is_no_server_or_token_is_wrong_usage(string told, string server, string token)
    {
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(2, await cli.RunAsync("register", "--server", server, "--token", token));

        Assert.Contains(told, cli.Error, StringComparison.Ordinal);
        Assert.Empty(_device.Orders);
    }

    [Fact]
    public async Task A_fingerprint_is_read_and_a_bad_one_named()
    {
        _device.OnRegister = _ => Becomes(new RegistrationState.Certified(new Uri("https://share.example:8443")));
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(2, await cli.RunAsync(Register("--server-fingerprint", "sha256:12")));
        Assert.Equal(0, await cli.RunAsync(Register("--server-fingerprint", "sha256:" + new string('a', 64))));

        Assert.Contains("sha256:12", cli.Error, StringComparison.Ordinal);
        Assert.Equal(32, Assert.IsType<ServerTrust.ByFingerprint>(Assert.Single(_device.Orders).ServerTrust).Sha256.Length);
    }

    [Fact]
    public async Task No_answer_repeats_the_token()
    {
        _device.OnRegister = _ => Becomes(new RegistrationState.Refused(RegistrationRefusal.BadToken, "The token was used before."));
        using var cli = new Support.Cli(_home, _device);

        await cli.RunAsync(Register("--verbose"));

        Assert.DoesNotContain(Token, cli.Out + cli.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();
}
