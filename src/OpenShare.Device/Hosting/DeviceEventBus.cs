using System.Collections.Immutable;
using Akka.Actor;

namespace OpenShare.Device.Hosting;

/// <summary>An event of one device: past tense, published on its <see cref="DeviceEventBus"/>.</summary>
public interface IDeviceEvent;

/// <summary>
/// An event that says how things are until the next of its kind. Whoever subscribes later, or again after a restart,
/// is told the newest.
/// </summary>
public interface IDeviceState : IDeviceEvent;

/// <summary>
/// One device's events. Not ActorSystem.EventStream: one actor system may host thousands of devices, and none
/// may hear another's events. Subscribers hear events in the order of publication.
/// </summary>
public sealed class DeviceEventBus
{
    private readonly Lock _lock = new();
    private readonly List<IDeviceState> _states = [];
    private ImmutableList<(IActorRef Subscriber, Type Kind)> _subscriptions = [];

    /// <summary>Tells the subscriber every event that is a <typeparamref name="T"/> from now on, and the states that hold now.</summary>
    public void Subscribe<T>(IActorRef subscriber) where T : IDeviceEvent
    {
        lock (_lock)
        {
            if (_subscriptions.Contains((subscriber, typeof(T))))
                return;
            _subscriptions = _subscriptions.Add((subscriber, typeof(T)));
            foreach (var state in _states.OfType<T>())
                subscriber.Tell(state, ActorRefs.NoSender);
        }
    }

    public void Unsubscribe(IActorRef subscriber)
    {
        lock (_lock)
            _subscriptions = _subscriptions.RemoveAll(s => s.Subscriber.Equals(subscriber));
    }

    /// <returns>false where nobody hears it: what came with it is the publisher's still</returns>
    public bool Publish(IDeviceEvent deviceEvent)
    {
        var isHeard = false;
        lock (_lock)
        {
            if (deviceEvent is IDeviceState state)
            {
                _states.RemoveAll(s => s.GetType() == state.GetType());
                _states.Add(state);
            }
            foreach (var (subscriber, kind) in _subscriptions)
            {
                if (!kind.IsInstanceOfType(deviceEvent))
                    continue;
                subscriber.Tell(deviceEvent, ActorRefs.NoSender);
                isHeard = true;
            }
        }
        return isHeard;
    }
}
