using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;

namespace OpenShare.Agent.Tests;

/// <summary>Answers to what waits for one, and rules instead of answers.</summary>
public sealed class AnswerTests : IDisposable
{
    private static readonly TransferView Asked = Some.Transfer with
    {
        Direction = TransferDirection.Receiving, State = TransferState.AwaitingAnswer, BytesDone = 0, BytesReused = 0, ChunksDone = 0,
    };

    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();

    [Theory]
    [InlineData("accept", false)]
    [InlineData("accept", true)]
    [InlineData("decline", false)]
    [InlineData("decline", true)]
    public async Task What_waits_is_accepted_or_declined_once_or_for_ever(string answer, bool always)
    {
        _device.SetTransfer(Asked);
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync(["transfer", answer, "7aaa", .. always ? ["--always"] : Array.Empty<string>()]));

        Assert.Equal((answer == "accept", always, null), Assert.Single(_device.Answers));
        Assert.Equal($"The transfer 7aaa0000 (Photos) from bob is {answer}ed.".Replace("eed", "ed", StringComparison.Ordinal), cli.Out.TrimEnd());
        Assert.Equal("", cli.Error);
    }

    [Fact]
    public async Task What_is_accepted_may_be_saved_elsewhere_and_what_is_declined_is_nowhere()
    {
        _device.SetTransfer(Asked);
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(2, await cli.RunAsync("transfer", "decline", "7aaa", "--save-to", "/tmp"));
        Assert.Equal(0, await cli.RunAsync("transfer", "accept", "7aaa", "--save-to", "some/where"));

        Assert.Equal((true, false, Path.GetFullPath("some/where")), Assert.Single(_device.Answers));
    }

    [Fact]
    public async Task What_does_not_wait_is_told_so()
    {
        _device.SetTransfer(Some.Completed);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(1, await cli.RunAsync("transfer", "accept", "7aaa"));

        Assert.Equal("The transfer 7aaa0000 (Photos) does not wait for your answer: it is completed.", cli.Error.TrimEnd());
        Assert.Empty(_device.Answers);
    }

    [Fact]
    public async Task Who_is_asked_and_who_waits_reads_so_in_words()
    {
        _device.SetTransfer(Asked);
        using var receiver = new Support.Cli(_home, _device);
        Assert.Equal(0, await receiver.RunAsync("transfers"));
        Assert.Equal(0, await receiver.RunAsync("transfer", "show", "7aaa"));
        _device.SetTransfer(Asked with { Direction = TransferDirection.Sending });
        using var sender = new Support.Cli(_home, _device);
        Assert.Equal(0, await sender.RunAsync("transfer", "show", "7aaa"));

        Assert.Equal(3, receiver.Out.Split("waiting for your answer").Length);
        Assert.Contains("openshare transfer accept 7aaa0000, or decline", receiver.Out, StringComparison.Ordinal);
        Assert.Contains("waiting for the other side to accept", sender.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("always", AcceptRule.Always, "What bob (b0b00000) sends is taken without asking.")]
    [InlineData("never", AcceptRule.Never, "What bob (b0b00000) sends is declined without asking.")]
    [InlineData("ask", null, "There is no rule for bob (b0b00000) any more.")]
    public async Task A_rule_is_made_and_undone_by_a_command(string answer, AcceptRule? rule, string said)
    {
        _device.SetPeers(Some.Peer);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("peers", "accept", "bob", answer));

        Assert.Equal((Some.Bob, rule), Assert.Single(_device.Rules));
        Assert.Equal(said, cli.Out.TrimEnd());
    }

    [Fact]
    public async Task A_rule_that_is_none_and_a_device_that_is_not_known_are_named()
    {
        _device.SetPeers(Some.Peer);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(2, await cli.RunAsync("peers", "accept", "bob", "sometimes"));
        Assert.Equal(4, await cli.RunAsync("peers", "accept", "carol", "always"));

        Assert.Contains("'sometimes' is no rule", cli.Error, StringComparison.Ordinal);
        Assert.Contains("No device 'carol' is known.", cli.Error, StringComparison.Ordinal);
        Assert.Empty(_device.Rules);
    }

    [Fact]
    public async Task Rules_are_in_the_status()
    {
        _device.Change(status => status with { Rules = [new AcceptRuleView(Some.Bob, "bob", AcceptRule.Always), new AcceptRuleView(Some.Alice, null, AcceptRule.Never)] });
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("status"));

        Assert.Contains("always from bob (b0b00000)", cli.Out, StringComparison.Ordinal);
        Assert.Contains("never from a device no longer known (a11ce000)", cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_asks_says_so()
    {
        using var cli = new Support.Cli(_home, _device);
        var agent = cli.RunAsync("agent", "--accept", "ask", "--save-to", _home.Root);
        await Until.TrueAsync(() => cli.Out.Length > 0, "the agent is ready");
        cli.Interrupt();

        Assert.Equal(0, await agent);
        Assert.Equal(AcceptPolicy.Ask, _device.Options!.Accept);
        Assert.Contains($"asks before it receives into {_home.Root}", cli.Out, StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();
}
