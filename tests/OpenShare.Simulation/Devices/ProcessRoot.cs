using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Views;

namespace OpenShare.Simulation.Devices;

/// <summary>The host of one device's process: makes its actors, passes on what its user orders, and sees it end.</summary>
internal sealed class ProcessRoot : ReceiveActor
{
    /// <summary>Something its user wants, and what is done with the answer.</summary>
    internal sealed record Order(object Command, Action<object> Answered) : INoSerializationVerificationNeeded;

    /// <summary>Something its user asks, of many at once.</summary>
    internal sealed record Question(object Command, Action<object> Answered) : INoSerializationVerificationNeeded;

    private sealed record DeviceEnded;

    private readonly Queue<Action<object>> _orders = new();

    public ProcessRoot(Props tracer, Props device, DeviceEventBus events, Action ended)
    {
        var trace = Context.ActorOf(tracer, "trace");
        events.Subscribe<IDeviceEvent>(trace);
        var actor = Context.WatchWith(Context.ActorOf(device, "device"), new DeviceEnded());
        Receive<DeviceEnded>(_ => ended());
        Receive<DeviceActor.Stopped>(_ => Context.Stop(actor));
        Receive<DeviceActor.Stop>(order => actor.Tell(order));
        Receive<Order>(order =>
        {
            _orders.Enqueue(order.Answered);
            actor.Tell(order.Command);
        });
        Receive<SendStart>(answer =>
        {
            trace.Tell(answer);
            if (_orders.TryDequeue(out var answered))
                answered(answer);
        });
        Receive<Question>(question => Context.ActorOf(Akka.Actor.Props.Create(() => new Asking(actor, question))));
        ReceiveAny(order => actor.Tell(order, trace));
    }

    // As DevicesActor does.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    internal static Props Props(Props tracer, Props device, DeviceEventBus events, Action ended) =>
        Akka.Actor.Props.Create(() => new ProcessRoot(tracer, device, events, ended));

    private sealed class Asking : ReceiveActor
    {
        public Asking(IActorRef device, Question question)
        {
            device.Tell(question.Command);
            ReceiveAny(answer =>
            {
                question.Answered(answer);
                Context.Stop(Self);
            });
        }
    }
}
