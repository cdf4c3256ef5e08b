using Akka.Actor;

namespace OpenShare.Device.Hosting;

/// <summary>
/// The devices of one actor system: one in production, thousands in a simulation. A device that fails is not started
/// anew here: its host holds its home, and is told by whatever watches it.
/// </summary>
public sealed class DevicesActor : ReceiveActor
{
    /// <summary>Answered with <see cref="DeviceStarted"/>.</summary>
    /// <param name="Name">what the device is called in paths and logs; made unique here</param>
    /// <param name="Observer">an actor that is there before the device, so that it misses none of its events</param>
    public sealed record StartDevice(string Name, DeviceAdapters Adapters, DeviceSettings Settings, Props Observer)
        : INoSerializationVerificationNeeded;

    public sealed record DeviceStarted(IActorRef Device, IActorRef Observer);

    private long _started;

    public DevicesActor() => Receive<StartDevice>(OnStart);

    /// <summary>Where it is in its actor system.</summary>
    public const string Name = "devices";

    public static Props Props() => Akka.Actor.Props.Create(() => new DevicesActor());

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void OnStart(StartDevice start)
    {
        var name = $"{Uri.EscapeDataString(start.Name)}-{++_started}";
        var observer = Context.ActorOf(start.Observer, $"{name}-observer");
        Sender.Tell(new DeviceStarted(Context.ActorOf(DeviceActor.Props(start.Adapters, start.Settings), name), observer));
    }
}
