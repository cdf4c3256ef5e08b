using System.Diagnostics;
using OpenShare.Device.Storage;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Hosting;

/// <summary>The agent as a process among others.</summary>
[Collection(Processes.Name)]
public sealed class AgentTests(SharedPair shared) : IClassFixture<SharedPair>
{
    private const string Nobody = "65534";

    [Fact]
    public async Task An_agent_that_is_asked_to_end_under_way_ends_cleanly_and_goes_on_when_it_returns()
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File("interrupted", 24 * Samples.MiB);
        pair.Relay.Tell($"stall-at {await pair.Relay.PassedAsync() + (12 * Samples.MiB)}");
        using var send = pair.Alice.StartSend(pair.Bob, file);
        await pair.Relay.NextAsync("stalled");
        await Transfers.AssertIncompleteAsync(pair.Bob, "interrupted", 24 * Samples.MiB);

        var ended = (await pair.Bob.Agent.TerminateAsync(Patience.Short)).EndedWith(0);
        Assert.DoesNotContain("Exception", ended.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(DeviceHome.SocketOf(pair.Bob.Home)));
        pair.Relay.Tell("go");
        await pair.Bob.StartAgentAsync();

        (await send.EndAsync()).EndedWith(0);
        Samples.AssertSame(file, pair.Bob.Received("interrupted"));
    }

    [Fact]
    public async Task One_home_has_one_agent()
    {
        var pair = await shared.ReadyAsync();

        var second = (await pair.Bob.RunAsync("agent", "--listen", "127.0.0.1:0")).EndedWith(1);

        Assert.NotEmpty(second.Errors);
        Assert.DoesNotContain("Exception", second.Errors, StringComparison.Ordinal);
        Assert.True(pair.Bob.Agent.IsRunning);
    }

    [SkippableFact]
    public async Task The_control_socket_is_its_owners_alone()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "acting as another user needs root");
        var pair = await shared.ReadyAsync();
        var socket = DeviceHome.SocketOf(pair.Bob.Home);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(owner, File.GetUnixFileMode(pair.Bob.Home));

        // Even where the way to it is open, it is not.
        var way = new[] { pair.Bob.Home, Path.GetDirectoryName(pair.Bob.Home)! };
        foreach (var folder in way)
            File.SetUnixFileMode(folder, owner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        try
        {
            Assert.False(await MayConnectAsync(socket, Nobody));
            Assert.True(await MayConnectAsync(socket, "0"));
        }
        finally
        {
            foreach (var folder in way)
                File.SetUnixFileMode(folder, owner);
        }
    }

    // To connect to a socket is to write to it: the kernel asks for that right.
    private static async Task<bool> MayConnectAsync(string socket, string user)
    {
        using var test = Process.Start("setpriv", ["--reuid", user, "--clear-groups", "--bounding-set", "-all", "test", "-w", socket]);
        await test.WaitForExitAsync();
        return test.ExitCode == 0;
    }
}
