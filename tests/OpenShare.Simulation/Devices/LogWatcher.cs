using Akka.Actor;
using Akka.Event;

namespace OpenShare.Simulation.Devices;

/// <summary>Hears every line of the actor system's log.</summary>
internal sealed class LogWatcher : ReceiveActor
{
    public LogWatcher(Action<LogEvent> hear) => Receive(hear);

    internal static Props Props(Action<LogEvent> hear) => Akka.Actor.Props.Create(() => new LogWatcher(hear));
}
