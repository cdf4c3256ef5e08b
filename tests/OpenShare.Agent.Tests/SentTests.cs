using OpenShare.Agent.Tests.Support;
using OpenShare.Cli.Commands;

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
        Sent[] all = [new Sent.Underway("7aaa"), new Sent.Ended(0), new Sent.Ended(4)];

        Assert.Equal("7aaa,=0,=4", Sent.Written(all));
        Assert.Equal(all, Sent.Read(Sent.Written(all), 3));
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
        using var cli = new Support.Cli(_home, _device) { Begun = Sent.Written([new Sent.Underway(Some.TransferId.ToString())]) };

        Assert.Equal(0, await cli.RunAsync("send", "what is not there any more", "--to", "bob"));

        Assert.Contains("Its signed receipt is verified", cli.Out, StringComparison.Ordinal);
        Assert.Empty(_device.Sends);
    }

    [Fact]
    public async Task How_the_others_ended_is_not_forgotten()
    {
        using var cli = new Support.Cli(_home, _device) { Begun = Sent.Written([new Sent.Ended(4), new Sent.Underway(Some.TransferId.ToString())]) };

        Assert.Equal(4, await cli.RunAsync("send", "report.pdf", "--to", "nobody", "bob"));

        Assert.Contains("verified", cli.Out, StringComparison.Ordinal);
        Assert.Empty(_device.Sends);
    }

    public void Dispose() => _home.Dispose();
}
