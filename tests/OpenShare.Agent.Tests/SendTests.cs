using System.Net;
using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Views;
using OpenShare.Protocol.Wire;

namespace OpenShare.Agent.Tests;

/// <summary>The command send: from a name to a verified receipt, or to the exit code that says why not.</summary>
public sealed class SendTests : IDisposable
{
    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();
    private readonly string _file;

    public SendTests()
    {
        _file = _home.Write("report.pdf", "report");
        _device.SetPeers(Some.Peer);
        _device.OnSend = _ => Begin(Some.Transfer);
    }

    private SendStart Begin(TransferView transfer)
    {
        _device.SetTransfer(transfer);
        return new SendStart.Started(transfer.Id);
    }

    [Fact]
    public async Task It_ends_when_the_receipt_is_there()
    {
        using var cli = new Support.Cli(_home, _device);
        var sending = cli.RunAsync("send", _file, "--to", "bob");
        await Until.TrueAsync(() => _device.Sends.Count == 1, "the transfer is begun");
        Assert.False(sending.IsCompleted);

        _device.SetTransfer(Some.Transfer with { State = TransferState.Finishing, BytesDone = 3_500_000 });
        _device.SetTransfer(Some.Completed);

        Assert.Equal(0, await sending);
        Assert.Equal("", cli.Error);
        Assert.Equal("Sent Photos (3.8 MiB) to bob in 2.5 s, 1.3 MiB/s. Its signed receipt is verified: 3 entries delivered.", cli.Out.TrimEnd());
        Assert.Equal(_file, Assert.Single(_device.Sends[0].Paths));
        Assert.Equal(new SendTarget.Device(Some.Bob), _device.Sends[0].Target);
    }

    [Theory]
    [InlineData(TransferState.Incomplete, null, 1)]
    [InlineData(TransferState.Declined, null, 3)]
    [InlineData(TransferState.Cancelled, null, 3)]
    [InlineData(TransferState.Failed, TransferProblem.Failed, 1)]
    [InlineData(TransferState.Failed, TransferProblem.NotTrusted, 5)]
    [InlineData(TransferState.Failed, TransferProblem.DeviceNotFound, 4)]
    public async Task Its_exit_code_says_how_it_ended(TransferState state, TransferProblem? problem, int code)
    {
        _device.OnSend = _ => Begin(Some.Transfer with { State = state, Problem = problem, Detail = "The reason." });
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(code, await cli.RunAsync("send", _file, "--to", "bob"));

        Assert.Contains("The reason.", cli.Error, StringComparison.Ordinal);
        Assert.Empty(cli.Out);
    }

    [Fact]
    public async Task What_was_left_out_has_a_line_each_whatever_its_name()
    {
        _device.OnSend = _ => Begin(Some.Transfer with { State = TransferState.Incomplete, Detail = "a.txt: it cannot be read\nb\u001b[2J.txt: it is gone" });
        using var cli = new Support.Cli(_home, _device);

        await cli.RunAsync("send", _file, "--to", "bob");

        Assert.Equal("Not all of Photos is at bob.\n  a.txt: it cannot be read\n  b\uFFFD[2J.txt: it is gone", cli.Error.TrimEnd());
    }

    [Theory]
    [InlineData(TransferProblem.NotTrusted, 5)]
    [InlineData(TransferProblem.NotRegistered, 5)]
    [InlineData(TransferProblem.BadPath, 2)]
    [InlineData(TransferProblem.Failed, 1)]
    public async Task What_is_not_even_begun_says_why(TransferProblem problem, int code)
    {
        _device.OnSend = _ => new SendStart.Refused(problem, "The reason.");
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(code, await cli.RunAsync("send", _file, "--to", "bob"));

        Assert.Equal("The reason.", cli.Error.TrimEnd());
    }

    [Fact]
    public async Task A_device_that_appears_a_moment_later_is_waited_for()
    {
        _device.SetPeers();
        _device.OnSend = _ => Begin(Some.Completed);
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, _device);
        var sending = cli.RunAsync("send", _file, "--to", "bob");
        await Until.TrueAsync(() => _device.PeersAsked > 0, "bob is looked for");

        _device.SetPeers(Some.Peer);

        Assert.Equal(0, await sending);
    }

    [Fact]
    public async Task A_name_that_was_only_announced_is_sent_to_once_it_is_proven()
    {
        _device.SetPeers(Some.Peer with { IsProven = false });
        _device.OnSend = _ => Begin(Some.Completed);
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, _device);

        var sending = cli.RunAsync("send", _file, "--to", "bob");
        await Until.TrueAsync(() => _device.PeersAsked > 0, "the device is looked for");
        Assert.Empty(_device.Sends);
        _device.SetPeers(Some.Peer);

        Assert.Equal(0, await sending);
        Assert.Single(_device.Sends);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task From_a_device_that_is_revoked_it_ends_with_5_whether_it_is_known_before_or_while_the_other_is_looked_for(bool isKnown)
    {
        _device.SetPeers(Some.Peer with { Address = null });
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        if (isKnown)
            _device.Change(s => s with { Trust = PeerTrust.Revoked });
        var sending = agent.Client.SendAsync(new([_file], "bob", isKnown ? 3600 : 0.5), CancellationToken.None);
        if (!isKnown)
        {
            await Until.TrueAsync(() => _device.PeersAsked > 0, "bob is looked for");
            _device.Change(s => s with { Trust = PeerTrust.Revoked });
        }

        var refused = await Assert.ThrowsAsync<OpenShare.Agent.Client.LocalApiException>(() => sending);

        Assert.Equal(5, OpenShare.Cli.Invocation.ExitCode.Of(refused));
        Assert.StartsWith("This device was revoked.", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_device.Sends);
    }

    [Fact]
    public async Task A_device_that_never_appears_ends_it_with_4()
    {
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);

        var missing = await Assert.ThrowsAsync<OpenShare.Agent.Client.LocalApiException>(() => agent.Client.SendAsync(new([_file], "dave", 0.1), CancellationToken.None));

        Assert.Equal(4, OpenShare.Cli.Invocation.ExitCode.Of(missing));
        Assert.Contains("dave", missing.Message, StringComparison.Ordinal);
        Assert.Empty(_device.Sends);
    }

    [Fact]
    public async Task A_name_of_two_devices_is_wrong_usage()
    {
        _device.SetPeers(Some.Peer, Some.Peer with { DeviceId = Some.Alice });
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(2, await cli.RunAsync("send", _file, "--to", "bob"));

        Assert.Contains("a11ce000", cli.Error, StringComparison.Ordinal);
        Assert.Contains("b0b00000", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_typed_address_needs_no_discovery()
    {
        _device.SetPeers();
        _device.OnSend = _ => Begin(Some.Completed);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("send", _file, "--to", "192.0.2.9:4747"));

        Assert.Equal(new SendTarget.Address(IPEndPoint.Parse("192.0.2.9:4747")), _device.Sends[0].Target);
    }

    [Fact]
    public async Task Interrupted_it_cancels_the_transfer()
    {
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, _device);
        var sending = cli.RunAsync("send", _file, "--to", "bob");
        await Until.TrueAsync(() => _device.Sends.Count == 1, "the transfer is begun");

        cli.Interrupt();

        Assert.Equal(3, await sending);
        await Until.TrueAsync(() => _device.Transfers.Single().State == TransferState.Cancelled, "the transfer is cancelled");
    }

    [Fact]
    public async Task Detached_it_is_left_to_the_agent()
    {
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("send", _file, "--to", "bob", "--detach"));

        Assert.Equal(TransferState.Transferring, _device.Transfers.Single().State);
        Assert.Contains("openshare transfer show 7aaa", cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_can_be_detached_where_no_agent_runs()
    {
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(2, await cli.RunAsync("send", _file, "--to", "bob", "--detach"));

        Assert.Contains("openshare agent", cli.Error, StringComparison.Ordinal);
        Assert.Empty(_device.Sends);
    }

    [Fact]
    public async Task When_the_agent_stops_it_goes_on_without_it()
    {
        var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, _device);
        var sending = cli.RunAsync("send", _file, "--to", "bob");
        await Until.TrueAsync(() => _device.Sends.Count == 1, "the transfer is begun");

        await agent.DisposeAsync();
        await Until.TrueAsync(() => _device.Starts == 2, "the command has an agent of its own");
        _device.SetTransfer(Some.Completed);

        Assert.Equal(0, await sending);
        Assert.Single(_device.Sends);
    }

    [Fact]
    public async Task From_a_device_that_is_not_registered_it_ends_with_5_and_says_so()
    {
        _device.Change(_ => Some.Unregistered);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(5, await cli.RunAsync("send", _file, "--to", "bob"));

        Assert.Contains("not registered", cli.Error, StringComparison.Ordinal);
        Assert.Empty(_device.Sends);
    }

    [Theory]
    [InlineData("500", 500)]
    [InlineData("2M", 2 * 1024 * 1024)]
    [InlineData("1.5k", 1536)]
    public async Task A_limit_is_bytes_a_second(string limit, long bytes)
    {
        _device.OnSend = _ => Begin(Some.Completed);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("send", _file, "--to", "bob", "--limit", limit));

        Assert.Equal([bytes], _device.Limits);
    }

    [Theory]
    [InlineData(ConflictPolicy.Rename)]
    [InlineData(ConflictPolicy.Rename, "--conflict", "rename")]
    [InlineData(ConflictPolicy.Skip, "--conflict", "skip")]
    [InlineData(ConflictPolicy.Overwrite, "--conflict", "overwrite")]
    public async Task What_is_wished_where_a_name_is_taken_goes_with_the_order(ConflictPolicy wish, params string[] flags)
    {
        _device.OnSend = _ => Begin(Some.Completed);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync(["send", _file, "--to", "bob", .. flags]));

        Assert.Equal([wish], _device.Wishes);
    }

    [Fact]
    public async Task A_wish_that_is_none_is_wrong_usage()
    {
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(2, await cli.RunAsync("send", _file, "--to", "bob", "--conflict", "ask"));

        Assert.Contains("'ask'", cli.Error, StringComparison.Ordinal);
        Assert.Empty(_device.Sends);
    }

    [Fact]
    public async Task What_was_skipped_is_said_and_the_end_is_a_good_one()
    {
        _device.OnSend = _ => Begin(Some.Completed with { Detail = "Photos/a.jpg: the name is taken", Receipt = new ReceiptSummary(Some.Time, 2, 0, 0, Skipped: 1) });
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("send", _file, "--to", "bob", "--conflict", "skip"));

        Assert.EndsWith("2 entries delivered, 1 skipped. Skipped: Photos/a.jpg: the name is taken", cli.Out.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paused_transfer_is_said_to_be_so_and_that_nobody_goes_on_with_it()
    {
        _device.SetTransfer(Some.Transfer);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("transfer", "pause", Some.Transfer.Id.ToString()));

        Assert.Contains("is paused", cli.Out, StringComparison.Ordinal);
        Assert.Contains("No agent is running here", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_device_that_cannot_be_sent_to_keeps_no_other_from_its_files()
    {
        _device.SetPeers(Some.Peer, Some.Peer with { DeviceId = Some.Alice, Name = "old", Trust = PeerTrust.Revoked });
        _device.OnSend = target => target == new SendTarget.Device(Some.Bob)
            ? Begin(Some.Completed)
            : new SendStart.Refused(TransferProblem.NotTrusted, "old was revoked.");
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(5, await cli.RunAsync("send", _file, "--to", "old", "bob"));

        Assert.Contains("old was revoked.", cli.Error, StringComparison.Ordinal);
        Assert.Contains("to bob", cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_told_of_control_characters_by_a_terminal()
    {
        _device.OnSend = _ => Begin(Some.Transfer with { State = TransferState.Declined, Detail = "\e]0;gotcha\a", PeerName = "b\e[2Job" });
        using var cli = new Support.Cli(_home, _device);

        await cli.RunAsync("send", _file, "--to", "bob");

        Assert.DoesNotContain('\e', cli.Error);
    }

    public void Dispose() => _home.Dispose();
}
