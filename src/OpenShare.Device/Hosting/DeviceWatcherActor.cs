using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Hosting;

/// <summary>Counts every event of a device as a change for whoever follows it, and keeps those that a person should be warned of.</summary>
internal sealed class DeviceWatcherActor : ReceiveActor
{
    internal sealed record Watch(IActorRef Device);

    private sealed record Gone;

    private readonly DeviceEventBus _events;

    public DeviceWatcherActor(DeviceEventBus events, ChangeCounter changes, DeviceWarnings warnings, TaskCompletionSource ended)
    {
        _events = events;
        Receive<IDeviceEvent>(deviceEvent =>
        {
            warnings.Note(deviceEvent);
            changes.Count();
        });
        Receive<Watch>(m => Context.WatchWith(m.Device, new Gone()));
        Receive<Gone>(_ => ended.TrySetResult());
        // Here and not in PreStart: who makes this actor makes the device's next.
        events.Subscribe<IDeviceEvent>(Self);
    }

    internal static Props Props(DeviceEventBus events, ChangeCounter changes, DeviceWarnings warnings, TaskCompletionSource ended) =>
        Akka.Actor.Props.Create(() => new DeviceWatcherActor(events, changes, warnings, ended));

    protected override void PostStop() => _events.Unsubscribe(Self);
}

/// <summary>
/// What is wrong now, in sentences; safe to read from any thread.
/// Each source has one line at most. Sources that are other devices, which anybody may claim to be, are few, and crowd out none of the device's own.
/// </summary>
internal sealed class DeviceWarnings
{
    private const int MostOfOthers = 20;

    private const string Stale =
        "The revocation list is past its next update: it is used, and the registration service should be reached soon.";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _own = [];
    private readonly Dictionary<string, string> _others = [];

    /// <summary>The list in force, null before there is one.</summary>
    internal RevocationList? Revoked { get; private set; }

    internal void Note(IDeviceEvent deviceEvent)
    {
        lock (_lock)
        {
            switch (deviceEvent)
            {
                case RevocationEvents.RevocationChanged changed:
                    Revoked = changed.List;
                    break;
                case RegistrationEvents.Certified { Identity.IsWithdrawn: true }:
                    _own["certificate"] = "The organisation has withdrawn the key that issued this device's certificate: other devices refuse it until it is renewed, for which the registration service must be reached.";
                    break;
                case RegistrationEvents.Certified:
                    _own.Remove("certificate");
                    break;
                case PeerEvents.PeerRefused refused:
                    SetOther($"peer {refused.Device}", refused.Problem.ByPeer ? $"Refused by another device: {refused.Problem.Detail}" : $"A device was refused: {refused.Problem.Detail}");
                    break;
                case PeerEvents.LinkOpened opened:
                    _others.Remove($"peer {opened.Device}");
                    break;
                case DiscoveryEvents.InterfaceFailed failed:
                    _own[$"interface {failed.Interface}"] = $"Discovery does not work on {failed.Interface}: {failed.Reason}";
                    break;
                case DiscoveryEvents.DuplicateDevice duplicate:
                    SetOther($"duplicate {duplicate.DeviceId}", $"Two devices claim the id {duplicate.DeviceId}; both are refused until that is resolved.");
                    break;
                case DiscoveryEvents.DuplicateEnded ended:
                    _others.Remove($"duplicate {ended.DeviceId}");
                    break;
            }
        }
    }

    internal IReadOnlyList<string> Lines(RevocationView revocation)
    {
        lock (_lock)
            return [.. _own.Values, .. revocation.IsStale ? [Stale] : (string[])[], .. _others.Values];
    }

    private void SetOther(string source, string line)
    {
        if (_others.Count < MostOfOthers || _others.ContainsKey(source))
            _others[source] = line;
    }
}
