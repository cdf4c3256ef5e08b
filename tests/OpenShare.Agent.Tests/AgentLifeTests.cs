using OpenShare.Agent.Hosting;
using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Storage;

namespace OpenShare.Agent.Tests;

/// <summary>An agent beside the short life of a command, and with a device that ends.</summary>
public sealed class AgentLifeTests : IDisposable
{
    private readonly TestHome _home = new();

    [Fact]
    public async Task An_agent_waits_for_a_command_that_has_the_home()
    {
        var command = DeviceHome.Open(_home.Home);

        var starting = TestAgent.StartAsync(_home.Home, new FakeDevice());
        Assert.False(starting.IsCompleted);
        command.Dispose();

        await using var agent = await starting.WaitAsync(Until.Deadline);
        Assert.True(agent.IsHosted);
    }

    [Fact]
    public async Task A_home_that_stays_taken_is_said()
    {
        using var other = DeviceHome.Open(_home.Home);

        var error = await Assert.ThrowsAsync<AgentStartException>(() => TestAgent.StartAsync(_home.Home, new FakeDevice()));

        Assert.Contains("uses the home", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_ends_with_its_device()
    {
        var ended = new TaskCompletionSource();
        await using var agent = await TestAgent.StartAsync(_home.Home, new FakeDevice { Ended = ended.Task });

        ended.SetResult();

        await Until.TrueAsync(() => agent.Stopped.IsCancellationRequested, "the agent ends");
        Environment.ExitCode = 0;
    }

    public void Dispose() => _home.Dispose();
}
