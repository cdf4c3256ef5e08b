using System.Net;
using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Hosting;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery;

namespace OpenShare.Agent.Tests;

/// <summary>The command agent, and what the others see of it.</summary>
public sealed class AgentCommandTests : IDisposable
{
    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();

    [Fact]
    public async Task It_runs_until_it_is_interrupted()
    {
        using var cli = new Support.Cli(_home, _device);
        var agent = cli.RunAsync(
            "agent", "--accept", "none", "--save-to", _home.Root, "--listen", "127.0.0.1:4747", "--advertised-port", "4848", "--interface", "eth0", "--interface", "lo");
        await Until.TrueAsync(() => cli.Out.Length > 0, "the agent is ready");
        Assert.False(agent.IsCompleted);

        cli.Interrupt();

        Assert.Equal(0, await agent);
        Assert.Equal(1, _device.Stops);
        Assert.StartsWith("alice (a11ce000) listens on 192.0.2.1:4747 and receives nothing.", cli.Out, StringComparison.Ordinal);
        var options = _device.Options!;
        Assert.Equal(AcceptPolicy.None, options.Accept);
        Assert.Equal(_home.Root, options.SaveTo);
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:4747"), options.Listen);
        Assert.Equal(4848, options.AdvertisedPort);
        Assert.Equal("eth0 lo", string.Join(" ", options.Interfaces));
        Assert.Equal(DeviceReach.Network, options.Reach);
    }

    [Fact]
    public async Task What_provisional_devices_may_send_and_where_it_goes_is_told_to_the_device_and_shown_in_its_status()
    {
        using var cli = new Support.Cli(_home, _device);
        var agent = cli.RunAsync("agent", "--provisional-limit", "1.5M", "--provisional-to", _home.Root);
        await Until.TrueAsync(() => cli.Out.Length > 0, "the agent is ready");

        using var asking = new Support.Cli(_home, _device);
        Assert.Equal(0, await asking.RunAsync("status"));
        cli.Interrupt();

        Assert.Equal(0, await agent);
        Assert.Equal(new ProvisionalRule(3 * 512 * 1024, _home.Root), _device.Options!.Provisional);
        Assert.Contains($"from provisional ones at most 1.5 MiB at once, into {_home.Root}", asking.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_passphrase_comes_from_its_file()
    {
        using var cli = new Support.Cli(_home, _device);
        var agent = cli.RunAsync("agent", "--passphrase-file", _home.Write("passphrase", "open sesame\n"));
        await Until.TrueAsync(() => cli.Out.Length > 0, "the agent is ready");

        cli.Interrupt();

        Assert.Equal(0, await agent);
        Assert.Equal("open sesame", _device.Options!.Passphrase!.Reveal());
    }

    [Fact]
    public async Task A_device_that_cannot_start_ends_it_with_1_and_the_reason()
    {
        using var cli = new Support.Cli(_home.Home, FakeDevice.Failing("The port 4747 is taken by another program. Choose another with --listen."));

        Assert.Equal(1, await cli.RunAsync("agent"));

        Assert.Equal("The port 4747 is taken by another program. Choose another with --listen.", cli.Error.TrimEnd());
    }

    [Fact]
    public async Task A_second_one_ends_with_1()
    {
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, new FakeDevice());

        Assert.Equal(1, await cli.RunAsync("agent"));

        Assert.Contains("running", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_without_an_agent_says_so_and_stays_off_the_network()
    {
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("status"));

        Assert.Contains("No agent is running", cli.Out, StringComparison.Ordinal);
        Assert.Equal(DeviceReach.HomeOnly, _device.Options!.Reach);
        Assert.Equal(1, _device.Stops);
    }

    [Fact]
    public async Task Status_says_that_an_administrators_yes_is_awaited()
    {
        _device.Change(status => status with
        {
            Registration = new RegistrationState.Provisional(new Uri("https://share.example:8443"), 3, "Awaited since noon.", Some.Time, AwaitsAdministrator: true),
        });
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var people = new Support.Cli(_home, _device);
        using var scripts = new Support.Cli(_home, _device);

        Assert.Equal(0, await people.RunAsync("status"));
        Assert.Equal(0, await scripts.RunAsync("status", "--json"));

        Assert.Contains("an administrator of https://share.example:8443/ is to say yes. Asked 3 times, the last one: Awaited since noon.", people.Out, StringComparison.Ordinal);
        Assert.Contains("\"awaits_administrator\"", scripts.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_is_seen_the_reason_is_the_devices_own()
    {
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var unregistered = new Support.Cli(_home, _device);
        using var broken = new Support.Cli(_home, _device);

        _device.Change(_ => Some.Unregistered);
        Assert.Equal(0, await unregistered.RunAsync("peers"));
        _device.Change(_ => Some.Status with { Discovery = new DiscoveryView([], RungState.Resting, IsAlone: false), Warnings = ["Discovery does not work on eth0: Permission denied"] });
        Assert.Equal(0, await broken.RunAsync("peers"));

        Assert.Contains("not registered", unregistered.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("no network", unregistered.Error, StringComparison.Ordinal);
        Assert.Contains("Discovery does not work on eth0: Permission denied", broken.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peers_are_watched_as_they_come_and_go()
    {
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, _device);
        var watching = cli.RunAsync("peers", "--watch", "--json");

        _device.SetPeers(Some.Peer);
        await Until.TrueAsync(() => Lines(cli) == 1, "bob is told");
        _device.SetPeers(Some.Peer with { Address = null, FoundBy = null });
        await Until.TrueAsync(() => Lines(cli) == 2, "that bob left is told");
        cli.Interrupt();

        Assert.Equal(0, await watching);
        var lines = cli.Out.TrimEnd().Split('\n');
        Assert.Contains("\"address\":\"192.0.2.2:4848\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"address\":null", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_did_not_change_is_not_told_again()
    {
        _device.SetPeers(Some.Peer);
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var stop = new CancellationTokenSource(Until.Deadline);
        await using var peers = agent.Client.WatchPeersAsync(stop.Token).GetAsyncEnumerator();
        Assert.True(await peers.MoveNextAsync());

        var asked = _device.PeersAsked;
        _device.Change(status => status with { Name = "another" });
        await Until.TrueAsync(() => _device.PeersAsked > asked, "the change is looked at");
        _device.SetPeers(Some.Peer with { Name = "robert" });

        Assert.True(await peers.MoveNextAsync());
        Assert.Equal("robert", peers.Current.Name);
    }

    [Fact]
    public async Task Watching_ends_with_1_when_the_agent_stops()
    {
        var agent = await TestAgent.StartAsync(_home.Home, _device);
        _device.SetPeers(Some.Peer);
        using var cli = new Support.Cli(_home, _device);
        var watching = cli.RunAsync("peers", "--watch");
        await Until.TrueAsync(() => cli.Out.Length > 0, "bob is told");

        await agent.DisposeAsync();

        Assert.Equal(1, await watching);
    }

    [Fact]
    public async Task A_transfer_is_cancelled_by_the_beginning_of_its_id()
    {
        _device.SetTransfer(Some.Transfer);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("transfer", "cancel", "7aa"));
        Assert.Equal(TransferState.Cancelled, _device.Transfers.Single().State);
        Assert.Equal(1, await cli.RunAsync("transfer", "show", "ffff"));
        Assert.Contains("'ffff'", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_beginning_of_two_transfers_is_wrong_usage()
    {
        _device.SetTransfer(Some.Transfer);
        _device.SetTransfer(Some.Transfer with { Id = OpenShare.Protocol.Transfer.TransferId.Parse("7aab0000000000000000000000000009") });
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(2, await cli.RunAsync("transfer", "show", "7aa"));

        Assert.Contains("7aab0000000000000000000000000009", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receipt_that_is_not_valid_ends_with_1()
    {
        _device.Check = new ReceiptCheck("It was changed after it was signed.", null, null);
        using var cli = new Support.Cli(_home, _device);
        var file = _home.Write("receipt.json", File.ReadAllText(Golden.File("receipt-show.json")));

        Assert.Equal(1, await cli.RunAsync("receipt", "verify", file));
        Assert.Contains("changed after it was signed", cli.Error, StringComparison.Ordinal);
        Assert.Equal(2, await cli.RunAsync("receipt", "verify", _home.Write("other.json", "{}")));
        Assert.Equal(2, await cli.RunAsync("receipt", "verify", "no/such.json"));
        Assert.Contains("There is no file no/such.json.", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_ends_a_refresh_with_6()
    {
        _device.Refresh = new RevocationRefresh.ServerUnreachable("share.example does not answer.");
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(6, await cli.RunAsync("revocation", "refresh"));

        Assert.Equal("share.example does not answer.", cli.Error.TrimEnd());
    }

    private static int Lines(Support.Cli cli) => cli.Out.Count(c => c == '\n');

    public void Dispose() => _home.Dispose();
}
