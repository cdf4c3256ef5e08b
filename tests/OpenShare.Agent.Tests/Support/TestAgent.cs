using OpenShare.Agent.Hosting;

namespace OpenShare.Agent.Tests.Support;

/// <summary>A whole agent on a real control socket, around a device of the test's.</summary>
internal static class TestAgent
{
    internal static AgentOptions Options(string home) =>
        AgentSettings.Read(home, [new(AgentSettings.Rehearsal, "no")], AgentReach.Network, new Dictionary<string, string?>());

    internal static Task<AgentSession> StartAsync(string home, FakeDevice device, TimeProvider? time = null) =>
        AgentHosting.LauncherOf(device.Start, time).HostAsync(Options(home), CancellationToken.None);
}
