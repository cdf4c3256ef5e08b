using System.Text;
using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Views;
using OpenShare.Protocol.Wire;

namespace OpenShare.Agent.Tests;

/// <summary>A text instead of files, from the command line to the device and back to a terminal.</summary>
public sealed class TextTests : IDisposable
{
    private static readonly TransferView Sent = Some.Completed with { Summary = "Text from alice 2026-03-04 05.06.txt", IsText = true };

    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();

    public TextTests()
    {
        _device.SetPeers(Some.Peer);
        _device.OnSend = _ =>
        {
            _device.SetTransfer(Sent);
            return new SendStart.Started(Sent.Id);
        };
    }

    [Theory]
    [InlineData("https://example.org/?a=1&b=2")]
    [InlineData("@bob the code is 1234")]
    [InlineData("@/etc/hostname")]
    public async Task A_text_is_sent_as_typed(string text)
    {
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("send", "--text", text, "--to", "bob"));

        Assert.Equal(text, Assert.Single(_device.Texts));
        Assert.Empty(_device.Sends);
    }

    [Fact]
    public async Task A_text_is_read_from_the_standard_input()
    {
        using var cli = new Support.Cli(_home, _device) { In = "grüße\n"u8.ToArray() };

        Assert.Equal(0, await cli.RunAsync("send", "--text", "-", "--to", "bob"));

        Assert.Equal("grüße\n", Assert.Single(_device.Texts));
    }

    [Fact]
    public async Task The_longest_text_is_sent_and_a_longer_one_is_not()
    {
        using var longest = new Support.Cli(_home, _device) { In = Encoding.UTF8.GetBytes(new string('x', Limits.Text)) };
        using var longer = new Support.Cli(_home, _device) { In = Encoding.UTF8.GetBytes(new string('x', Limits.Text + 1)) };

        Assert.Equal(0, await longest.RunAsync("send", "--text", "-", "--to", "bob"));
        Assert.Equal(2, await longer.RunAsync("send", "--text", "-", "--to", "bob"));

        Assert.Equal(Limits.Text, Assert.Single(_device.Texts).Length);
        Assert.Equal("The standard input is longer than 1 MiB. Send it as a file.", longer.Error.TrimEnd());
    }

    [Theory]
    [InlineData(new byte[] { }, "The standard input is empty: there is nothing to send.")]
    [InlineData(new byte[] { 0x73, 0x65, 0x63, 0x72, 0x65, 0x74, 0xff }, "The standard input is no text in UTF-8. Send it as a file.")]
    public async Task What_is_no_text_is_not_sent_and_not_shown(byte[] input, string said)
    {
        using var cli = new Support.Cli(_home, _device) { In = input };

        Assert.Equal(2, await cli.RunAsync("send", "--text", "-", "--to", "bob"));

        Assert.Equal(said, cli.Error.TrimEnd());
        Assert.Empty(_device.Texts);
    }

    [Fact]
    public async Task Exactly_one_thing_is_sent()
    {
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(2, await cli.RunAsync("send", "--to", "bob"));
        Assert.Contains("PATH is missing", cli.Error, StringComparison.Ordinal);
        Assert.Equal(2, await cli.RunAsync("send", _home.Root, "--text", "both", "--to", "bob"));
        Assert.Equal(2, await cli.RunAsync("send", "--clipboard", "--text", "both", "--to", "bob"));
        Assert.Contains("one of them at a time", cli.Error, StringComparison.Ordinal);
        Assert.Equal(2, await cli.RunAsync("send", "--text", "", "--to", "bob"));
        Assert.Contains("The text is empty", cli.Error, StringComparison.Ordinal);
        Assert.Empty(_device.Texts);
        Assert.Empty(_device.Sends);
    }

    [Fact]
    public async Task A_received_text_is_shown_without_what_a_terminal_would_obey()
    {
        _device.SetTransfer(Sent with { Direction = TransferDirection.Receiving });
        _device.Text = new TextView("/in/Text from bob.txt\u001b]0;x\u0007", "one\r\n\ttwo\u001b[2J\u202e");
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("transfer", "show", "7aaa"));

        Assert.Contains("/in/Text from bob.txt", cli.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', cli.Out);
        Assert.EndsWith("\n\none\n\ttwo\uFFFD[2J\uFFFD\n", cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_text_is_shown_in_part_and_whole_in_json()
    {
        _device.SetTransfer(Sent with { Direction = TransferDirection.Receiving });
        _device.Text = new TextView("/in/text.txt", new string('x', 100_000));
        using var human = new Support.Cli(_home, _device);
        using var json = new Support.Cli(_home, _device);

        Assert.Equal(0, await human.RunAsync("transfer", "show", "7aaa"));
        Assert.Equal(0, await json.RunAsync("transfer", "show", "7aaa", "--json"));

        Assert.EndsWith($"\n\n{new string('x', 16 * 1024)}\n… The rest of it is in the file.\n", human.Out, StringComparison.Ordinal);
        Assert.Equal(100_000, System.Text.Json.JsonDocument.Parse(json.Out).RootElement.GetProperty("text").GetString()!.Length);
    }

    [Fact]
    public async Task A_text_that_is_not_there_any_more_is_said_to_be_gone()
    {
        _device.SetTransfer(Sent with { Direction = TransferDirection.Receiving });
        _device.Text = new TextView("/in/text.txt", null);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("transfer", "show", "7aaa"));

        Assert.Contains("The text is not there any more as it arrived.", cli.Out, StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();
}
