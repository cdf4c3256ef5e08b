using System.Collections.Immutable;
using Akka.Actor;

namespace OpenShare.Device.Hosting;

/// <summary>An event of one device: past tense, published on its <see cref="DeviceEventBus"/>.</summary>
public interface IDeviceEvent;

/// <summary>
/// One device's events. Not ActorSystem.EventStream: one actor system may host thousands of devices, and none
/// may hear another's events. Subscribers hear events in the order of publication.
/// </summary>
public sealed class DeviceEventBus
{
    private ImmutableList<(IActorRef Subscriber, Type Kind)> _subscriptions = [];

    /// <summary>Tells the subscriber every event that is a <typeparamref name="T"/> from now on.</summary>
    public void Subscribe<T>(IActorRef subscriber) where T : IDeviceEvent =>
        ImmutableInterlocked.Update(ref _subscriptions, list => list.Contains((subscriber, typeof(T))) ? list : list.Add((subscriber, typeof(T))));

    public void Unsubscribe(IActorRef subscriber) =>
        ImmutableInterlocked.Update(ref _subscriptions, list => list.RemoveAll(s => s.Subscriber.Equals(subscriber)));

    public void Publish(IDeviceEvent deviceEvent)
    {
        foreach (var (subscriber, kind) in _subscriptions)
        {
            if (kind.IsInstanceOfType(deviceEvent))
                subscriber.Tell(deviceEvent, ActorRefs.NoSender);
        }
    }
}
