using Akka.Actor;
using OpenShare.Device.Hosting;

namespace OpenShare.Simulation.Devices;

/// <summary>The host of one device's process: makes its actors, passes on what its user orders, and sees it end.</summary>
internal sealed class ProcessRoot : ReceiveActor
{
    private sealed record DeviceEnded;

    public ProcessRoot(Props tracer, Props device, DeviceEventBus events, Action ended)
    {
        var trace = Context.ActorOf(tracer, "trace");
        events.Subscribe<IDeviceEvent>(trace);
        var actor = Context.WatchWith(Context.ActorOf(device, "device"), new DeviceEnded());
        Receive<DeviceEnded>(_ => ended());
        Receive<DeviceActor.Stopped>(_ => Context.Stop(actor));
        Receive<DeviceActor.Stop>(order => actor.Tell(order));
        ReceiveAny(order => actor.Tell(order, trace));
    }

    // As DevicesActor does.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    internal static Props Props(Props tracer, Props device, DeviceEventBus events, Action ended) =>
        Akka.Actor.Props.Create(() => new ProcessRoot(tracer, device, events, ended));
}
