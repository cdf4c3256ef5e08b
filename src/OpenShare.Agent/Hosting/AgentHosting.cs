using System.Diagnostics.CodeAnalysis;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage;

namespace OpenShare.Agent.Hosting;

/// <summary>Agents in this very process.</summary>
public static class AgentHosting
{
    private const string Switch = "OpenShare.Agent.Hosting";

    /// <summary>False in a program that has left them out: the native compiler drops all that only they need.</summary>
    [FeatureSwitchDefinition(Switch)]
    public static bool IsSupported => !AppContext.TryGetSwitch(Switch, out var isSupported) || isSupported;

    /// <summary>With real devices.</summary>
    public static AgentLauncher Launcher => IsSupported ? LauncherOf(OpenShareDevice.StartAsync) : throw new NotSupportedException($"{Switch} is left out.");

    internal static AgentLauncher LauncherOf(StartDevice start, TimeProvider? time = null) => new(async (options, cancellation) =>
        await AgentHost.StartAsync(options, await TakeHomeAsync(options, cancellation), start, time ?? TimeProvider.System, cancellation));

    private static async Task<DeviceHome> TakeHomeAsync(AgentOptions options, CancellationToken cancellation)
    {
        try
        {
            return DeviceHome.Open(options.Home);
        }
        catch (HomeInUseException e)
        {
            using var running = await AgentLauncher.FindAsync(options, cancellation);
            throw running is null
                ? new AgentStartException(e.Message, e)
                : new AgentStartException($"An agent is running for the home {options.Home} already, or a command that goes on with what it began: a send, for instance. Use that agent, wait for the command or stop it, or choose another home with --home.", e);
        }
        catch (StorageException e)
        {
            throw new AgentStartException(e.Message, e);
        }
    }
}
