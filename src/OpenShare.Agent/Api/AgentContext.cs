using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Device.Hosting;

namespace OpenShare.Agent.Api;

/// <summary>What every part of the control API works with.</summary>
/// <param name="stopping">the agent is about to stop: nobody can follow anything any longer</param>
internal sealed class AgentContext(DeviceService service, AgentOptions options, TimeProvider time, CancellationToken stopping)
{
    private volatile AgentOptions _options = options;

    // There before the first request: the device starts before the API listens.
    internal IDevice Device => service.Device;

    /// <summary>How the agent before this one ended; null: as it should.</summary>
    internal CrashDocument? Crash { get; init; }

    /// <summary>As they are now.</summary>
    internal AgentOptions Options => _options;

    internal void Change(AgentOptions options) => _options = options;

    internal TimeProvider Time => time;

    internal CancellationToken Stopping => stopping;
}
