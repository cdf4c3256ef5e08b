using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests;

/// <summary>The contract of help and usage that scripts and people rely on.</summary>
[Collection(Processes.Name)]
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("register")]
    [InlineData("agent")]
    [InlineData("status")]
    [InlineData("peers")]
    [InlineData("send")]
    [InlineData("transfers")]
    [InlineData("transfer", "cancel")]
    [InlineData("receipt", "verify")]
    [InlineData("revocation", "status")]
    [InlineData("doctor")]
    public async Task Every_command_has_help_with_an_example(params string[] command)
    {
        using var device = new TestDevice(_folder.Path, "device");

        var help = (await device.RunAsync([.. command, "--help"])).EndedWith(0).Output;

        Assert.Contains("Example", help, StringComparison.Ordinal);
        Assert.Contains($"openshare {string.Join(' ', command)}", help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_usage_ends_with_2()
    {
        using var device = new TestDevice(_folder.Path, "device");

        (await device.RunAsync("sned")).EndedWith(2);
        (await device.RunAsync("send")).EndedWith(2);
        (await device.RunAsync("status", "--no-such-flag")).EndedWith(2);
    }

    public void Dispose() => _folder.Dispose();
}
