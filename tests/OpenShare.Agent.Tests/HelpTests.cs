using OpenShare.Agent.Tests.Support;

namespace OpenShare.Agent.Tests;

/// <summary>What a person is told before anything runs.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly TestHome _home = new();

    [Theory]
    [InlineData("register")]
    [InlineData("agent")]
    [InlineData("status")]
    [InlineData("peers")]
    [InlineData("send")]
    [InlineData("transfers")]
    [InlineData("transfer", "show")]
    [InlineData("transfer", "cancel")]
    [InlineData("receipt", "show")]
    [InlineData("receipt", "verify")]
    [InlineData("transfer", "accept")]
    [InlineData("transfer", "decline")]
    [InlineData("peers", "accept")]
    [InlineData("revocation", "status")]
    [InlineData("revocation", "refresh")]
    [InlineData("doctor")]
    [InlineData("completions")]
    public async Task Every_command_has_help_with_an_example_of_itself(params string[] command)
    {
        using var cli = new Support.Cli(_home, new FakeDevice());

        Assert.Equal(0, await cli.RunAsync([.. command, "--help"]));

        Assert.Contains($"openshare {string.Join(' ', command)}", cli.Out[cli.Out.IndexOf("Example:", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("--json", cli.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_home.Home));
    }

    [Theory]
    [InlineData("'sned'", "sned")]
    [InlineData("'--frobnicate'", "status", "--frobnicate")]
    [InlineData("PATH", "send", "--to", "bob")]
    [InlineData("--to", "send", "file")]
    [InlineData("show, accept, decline, pause, resume, cancel", "transfer")]
    [InlineData("register, agent", "--json")]
    [InlineData("--token", "register", "--server", "https://x")]
    [InlineData("not both", "register", "--server", "https://x", "--token", "t", "--login")]
    [InlineData("--advertised-port", "agent", "--advertised-port", "high")]
    [InlineData("Accept", "agent", "--accept", "rules")]
    [InlineData("no-such-file", "send", "no-such-file", "--to", "bob")]
    [InlineData("'--fix'", "doctor", "--fix")]
    [InlineData("'tcsh'", "completions", "tcsh")]
    [InlineData("SHELL", "completions")]
    [InlineData("not both", "register", "--server", "https://x", "--token", "t", "--ca", "a", "--server-fingerprint", "b")]
    public async Task Wrong_usage_is_named_in_one_or_two_lines_and_ends_with_2(string named, params string[] args)
    {
        using var cli = new Support.Cli(_home, new FakeDevice());

        Assert.Equal(2, await cli.RunAsync(args));

        Assert.Contains(named, cli.Error, StringComparison.Ordinal);
        Assert.InRange(cli.Error.TrimEnd().Split('\n').Length, 1, 2);
        Assert.Empty(cli.Out);
    }

    // These come with their own issues. Absent is what they are until then: never accepted and ignored.
    [Theory]
    [InlineData("register", "--login")]
    [InlineData("status", "--passphrase", "secret")]
    public async Task What_is_not_built_is_not_there(params string[] args)
    {
        using var cli = new Support.Cli(_home, new FakeDevice());

        Assert.Equal(2, await cli.RunAsync(args));
    }

    public void Dispose() => _home.Dispose();
}
