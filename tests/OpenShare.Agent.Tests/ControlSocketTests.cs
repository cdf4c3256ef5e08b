using System.Net.Sockets;
using System.Runtime.Versioning;
using OpenShare.Agent.Client;
using OpenShare.Agent.Hosting;
using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Storage;

namespace OpenShare.Agent.Tests;

/// <summary>The control socket is its owner's, one process has a home, and neither outlives its agent.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ControlSocketTests : IDisposable
{
    private const UnixFileMode OwnerReadsAndWrites = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();

    private AgentOptions Options => TestAgent.Options(_home.Home);

    private string Socket => Path.Combine(_home.Home, "agent.sock");

    [SkippableFact]
    public async Task Home_and_socket_are_open_to_their_owner_only()
    {
        Skip.If(OperatingSystem.IsWindows(), "Unix file modes");
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);

        Assert.Equal(OwnerReadsAndWrites | UnixFileMode.UserExecute, File.GetUnixFileMode(_home.Home));
        Assert.Equal(OwnerReadsAndWrites, File.GetUnixFileMode(Socket));
    }

    [SkippableFact]
    public void A_socket_is_closed_to_others_before_anybody_can_connect()
    {
        Skip.If(OperatingSystem.IsWindows(), "Unix file modes");
        Directory.CreateDirectory(_home.Home);
        using var bound = ((ControlEndpoint.UnixSocket)ControlEndpoint.Of(_home.Home)).Bind();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        Assert.Throws<SocketException>(() => client.Connect(new UnixDomainSocketEndPoint(Socket)));
        Assert.Equal(OwnerReadsAndWrites, File.GetUnixFileMode(Socket));
    }

    [SkippableFact]
    public async Task What_a_dead_agent_left_is_no_hindrance()
    {
        Skip.If(OperatingSystem.IsWindows(), "Unix sockets");
        DeviceHome.Open(_home.Home).Dispose();
        using (((ControlEndpoint.UnixSocket)ControlEndpoint.Of(_home.Home)).Bind())
            File.Move(Socket, Socket + ".dead");
        File.Move(Socket + ".dead", Socket);
        Assert.True(File.Exists(Socket));
        Assert.Null(await AgentLauncher.FindAsync(Options, CancellationToken.None));

        await using var agent = await TestAgent.StartAsync(_home.Home, _device);

        Assert.True(await agent.Client.IsAnsweringAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_second_agent_is_refused_and_the_first_goes_on()
    {
        await using var first = await TestAgent.StartAsync(_home.Home, _device);

        var refused = await Assert.ThrowsAsync<AgentStartException>(() => TestAgent.StartAsync(_home.Home, new FakeDevice()));

        Assert.Contains("running", refused.Message, StringComparison.Ordinal);
        Assert.Contains(_home.Home, refused.Message, StringComparison.Ordinal);
        Assert.True(await first.Client.IsAnsweringAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_command_uses_the_running_agent_and_else_its_own()
    {
        var launcher = AgentHosting.LauncherOf(_device.Start);
        await using (var own = await launcher.OpenAsync(Options, CancellationToken.None))
        {
            Assert.True(own.IsHosted);
            await using var second = await launcher.OpenAsync(Options, CancellationToken.None);
            Assert.False(second.IsHosted);
        }

        await using var again = await launcher.OpenAsync(Options, CancellationToken.None);
        Assert.True(again.IsHosted);
    }

    [Fact]
    public async Task A_command_waits_for_an_agent_that_is_just_starting()
    {
        var gate = new TaskCompletionSource();
        var slow = AgentHosting.LauncherOf(async (system, options, cancellation) =>
        {
            await gate.Task;
            return await _device.Start(system, options, cancellation);
        });
        var starting = slow.HostAsync(Options, CancellationToken.None);
        await Until.TrueAsync(() => File.Exists(Path.Combine(_home.Home, "lock")), "the home is taken");

        var opening = AgentHosting.LauncherOf(new FakeDevice().Start).OpenAsync(Options, CancellationToken.None);
        gate.SetResult();

        await using var host = await starting;
        await using var session = await opening;
        Assert.False(session.IsHosted);
    }

    [Fact]
    public async Task Stopping_stops_the_device_once_and_lets_go_of_the_home()
    {
        await (await TestAgent.StartAsync(_home.Home, _device)).DisposeAsync();

        Assert.Equal(1, _device.Stops);
        Assert.Null(await AgentLauncher.FindAsync(Options, CancellationToken.None));
        await (await TestAgent.StartAsync(_home.Home, _device)).DisposeAsync();
    }

    [Fact]
    public async Task A_device_that_cannot_start_says_why_and_lets_go_of_the_home()
    {
        var failing = AgentHosting.LauncherOf(FakeDevice.Failing("The port 4747 is taken."));

        var refused = await Assert.ThrowsAsync<AgentStartException>(() => failing.HostAsync(Options, CancellationToken.None));

        Assert.Equal("The port 4747 is taken.", refused.Message);
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
    }

    [Fact]
    public async Task Without_an_agent_a_request_says_so()
    {
        using var client = new LocalApiClient(Options.Control);

        var problem = await Assert.ThrowsAsync<LocalApiException>(() => client.GetStatusAsync(CancellationToken.None));

        Assert.Equal(LocalApiException.NoAgent, problem.Code);
    }

    [SkippableFact]
    public async Task A_home_with_a_long_path_has_its_socket_in_the_runtime_directory()
    {
        Skip.If(OperatingSystem.IsWindows(), "Unix sockets");
        var deep = Path.Combine(_home.Root, new string('d', 100));
        var runtime = Directory.CreateDirectory(Path.Combine(_home.Root, "run")).FullName;
        using var environment = TestEnvironment.With("XDG_RUNTIME_DIR", runtime);

        await using var agent = await TestAgent.StartAsync(deep, _device);

        Assert.True(await agent.Client.IsAnsweringAsync(CancellationToken.None));
        var socket = Assert.Single(Directory.GetFileSystemEntries(runtime));
        Assert.Matches("^openshare-[0-9a-f]+$", Path.GetFileName(socket));
        Assert.Equal(OwnerReadsAndWrites, File.GetUnixFileMode(socket));
    }

    [SkippableFact]
    public void Without_a_runtime_directory_a_long_path_is_refused_with_what_to_do()
    {
        Skip.If(OperatingSystem.IsWindows(), "Unix sockets");
        using var environment = TestEnvironment.With("XDG_RUNTIME_DIR", null);

        var refused = Assert.Throws<AgentStartException>(() => TestAgent.Options(Path.Combine(_home.Root, new string('d', 100))));

        Assert.Contains("--home", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_directory_that_serves_others_is_not_taken_for_a_home()
    {
        Skip.If(OperatingSystem.IsWindows(), "Unix file modes");
        Directory.CreateDirectory(_home.Home);
        File.WriteAllText(Path.Combine(_home.Home, "other"), "");
        var mode = OwnerReadsAndWrites | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.SetUnixFileMode(_home.Home, mode);

        await Assert.ThrowsAsync<AgentStartException>(() => TestAgent.StartAsync(_home.Home, _device));

        Assert.Equal(mode, File.GetUnixFileMode(_home.Home));
    }

    public void Dispose() => _home.Dispose();
}
