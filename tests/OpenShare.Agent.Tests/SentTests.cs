using OpenShare.Agent.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using OpenShare.Cli.Commands;
using OpenShare.Device.Views;

namespace OpenShare.Agent.Tests;

/// <summary>What one program has begun to send another goes on with: nothing is begun a second time.</summary>
public sealed class SentTests : IDisposable
{
    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();

    public SentTests()
    {
        _device.SetPeers(Some.Peer);
        _device.SetTransfer(Some.Completed);
    }

    [Fact]
    public void It_is_one_word_there_and_back()
    {
        Sent[] all = [new Sent.Underway("7aaa", IsHeard: false), new Sent.Underway("7bbb", IsHeard: true), new Sent.Ended(0), new Sent.Ended(4)];

        Assert.Equal("7aaa,7bbb!,=0,=4", Sent.Written(all));
        Assert.Equal(all, Sent.Read(Sent.Written(all), 4));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("7aaa,=0")]
    [InlineData("=a")]
    public void Any_other_word_has_begun_nothing(string? word) => Assert.Equal([Sent.Nothing], Sent.Read(word, 1));

    [Fact]
    public async Task What_was_begun_is_followed_to_its_end_and_not_sent_again()
    {
        using var cli = new Support.Cli(_home, _device) { Begun = Sent.Written([new Sent.Underway(Some.TransferId.ToString(), IsHeard: false)]) };

        Assert.Equal(0, await cli.RunAsync("send", "what is not there any more", "--to", "bob"));

        Assert.Contains("Its signed receipt is verified", cli.Out, StringComparison.Ordinal);
        Assert.Empty(_device.Sends);
    }

    [Fact]
    public async Task How_the_others_ended_is_not_forgotten()
    {
        using var cli = new Support.Cli(_home, _device) { Begun = Sent.Written([new Sent.Ended(4), new Sent.Underway(Some.TransferId.ToString(), IsHeard: false)]) };

        Assert.Equal(4, await cli.RunAsync("send", "report.pdf", "--to", "nobody", "bob"));

        Assert.Contains("verified", cli.Out, StringComparison.Ordinal);
        Assert.Empty(_device.Sends);
    }

    [Theory]
    [InlineData(false, 4, "bob does not answer")]
    [InlineData(true, 0, "verified")]
    public async Task Whoever_answered_once_is_waited_for_however_long_he_is_away(bool isHeard, int exitCode, string said)
    {
        _device.SetTransfer(Some.Transfer with { State = TransferState.Connecting });
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var cli = new Support.Cli(_home, _device) { Time = time, Begun = Sent.Written([new Sent.Underway(Some.TransferId.ToString(), isHeard)]) };
        var send = cli.RunAsync("send", "report.pdf", "--to", "bob");
        // Once for itself; from then on it is watched.
        await Until.TrueAsync(() => _device.TransferAsked > 2, "the transfer is watched");

        time.Advance(TimeSpan.FromMinutes(10));
        if (isHeard)
            _device.SetTransfer(Some.Completed);

        Assert.Equal(exitCode, await send);
        Assert.Contains(said, cli.Out + cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_begun_and_is_interrupted_before_another_agent_is_there_is_cancelled()
    {
        _device.SetTransfer(Some.Transfer);
        using var cli = new Support.Cli(_home, _device) { Begun = Sent.Written([new Sent.Underway(Some.TransferId.ToString(), IsHeard: true)]) };
        cli.Interrupt();

        Assert.NotEqual(0, await cli.RunAsync("send", "report.pdf", "--to", "bob"));

        Assert.Equal(TransferState.Cancelled, Assert.Single(_device.Transfers).State);
    }

    public void Dispose() => _home.Dispose();
}
