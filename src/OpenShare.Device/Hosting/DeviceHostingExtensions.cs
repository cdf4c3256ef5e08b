using Akka.Hosting;

namespace OpenShare.Device.Hosting;

/// <summary>How a host's actor system comes to have devices.</summary>
public static class DeviceHostingExtensions
{
    /// <summary>Starts the actor that supervises devices, for <see cref="OpenShareDevice"/> to find.</summary>
    public static AkkaConfigurationBuilder WithDevices(this AkkaConfigurationBuilder akka) => akka.WithActors((system, registry) =>
        registry.Register<DevicesActor>(system.ActorOf(DevicesActor.Props(), DevicesActor.Name)));
}
