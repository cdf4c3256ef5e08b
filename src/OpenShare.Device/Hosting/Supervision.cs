using Akka.Actor;
using Akka.Configuration;

namespace OpenShare.Device.Hosting;

/// <summary>
/// How an actor system's devices are supervised: <c>openshare.supervision</c> of its configuration, with
/// hocon/device.conf, embedded here, for what it leaves out.
/// </summary>
internal sealed class Supervision : IExtension
{
    private Supervision(Config config)
    {
        Flows = RestartLimit.From(config.GetConfig("flows"));
        Peers = RestartLimit.From(config.GetConfig("peers"));
        Discovery = DiscoveryPauses.From(config.GetConfig("discovery"));
        Transfers = TransferFailures.From(config.GetConfig("transfers"));
    }

    internal RestartLimit Flows { get; }

    internal RestartLimit Peers { get; }

    internal DiscoveryPauses Discovery { get; }

    internal TransferFailures Transfers { get; }

    internal static Supervision Of(ActorSystem system) => system.WithExtension<Supervision, Provider>();

    private sealed class Provider : ExtensionIdProvider<Supervision>
    {
        private static readonly Config Reference = ConfigurationFactory.FromResource("OpenShare.Device.device.conf", typeof(Supervision).Assembly);

        public override Supervision CreateExtension(ExtendedActorSystem system)
        {
            system.Settings.InjectTopLevelFallback(Reference);
            return new Supervision(system.Settings.Config.GetConfig("openshare.supervision"));
        }
    }
}

/// <summary>A child is restarted at most so often within the time; then it is stopped.</summary>
internal sealed record RestartLimit(int MaxRetries, TimeSpan Within)
{
    internal OneForOneStrategy Strategy => new(MaxRetries, Within, _ => Directive.Restart);

    internal static RestartLimit From(Config config) => new(config.GetInt("max-retries"), config.GetTimeSpan("within"));
}

/// <summary>The pauses before a failed way of discovery is started again, and how long one must hold to begin from the first.</summary>
internal sealed record DiscoveryPauses(TimeSpan First, TimeSpan Longest, TimeSpan HeldWell)
{
    internal static DiscoveryPauses From(Config config) =>
        new(config.GetTimeSpan("first-pause"), config.GetTimeSpan("longest-pause"), config.GetTimeSpan("held-well"));
}

/// <summary>How often a transfer's session may fail, and the pauses between.</summary>
internal sealed record TransferFailures(int Max, TimeSpan First, TimeSpan Longest)
{
    internal static TransferFailures From(Config config) =>
        new(config.GetInt("max-failures"), config.GetTimeSpan("first-pause"), config.GetTimeSpan("longest-pause"));
}
