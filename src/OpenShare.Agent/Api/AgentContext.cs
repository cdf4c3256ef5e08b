using OpenShare.Agent.Hosting;
using OpenShare.Device.Hosting;

namespace OpenShare.Agent.Api;

/// <summary>What every part of the control API works with.</summary>
/// <param name="stopping">the agent is about to stop: nobody can follow anything any longer</param>
internal sealed class AgentContext(DeviceService service, AgentOptions options, TimeProvider time, CancellationToken stopping)
{
    // There before the first request: the device starts before the API listens.
    internal IDevice Device => service.Device;

    internal AgentOptions Options => options;

    internal TimeProvider Time => time;

    internal CancellationToken Stopping => stopping;
}
