using System.Collections.Immutable;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Pairing;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Device.Transfers;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Hosting;

/// <summary>Counts every event of a device as a change for whoever follows it, and keeps those that a person should be warned of.</summary>
internal sealed class DeviceWatcherActor : ReceiveActor
{
    internal sealed record Watch(IActorRef Device);

    private sealed record Gone;

    private readonly DeviceEventBus _events;

    public DeviceWatcherActor(DeviceEventBus events, ChangeCounter changes, TransferEndings endings, DeviceWarnings warnings, TaskCompletionSource ended)
    {
        _events = events;
        Receive<IDeviceEvent>(deviceEvent =>
        {
            warnings.Note(deviceEvent);
            changes.Count();
            if (deviceEvent is TransferEvents.TransferChanged changed)
                endings.Note(changed.Transfer);
        });
        Receive<Watch>(m => Context.WatchWith(m.Device, new Gone()));
        Receive<Gone>(_ => ended.TrySetResult());
        // Here and not in PreStart: who makes this actor makes the device's next.
        events.Subscribe<IDeviceEvent>(Self);
    }

    internal static Props Props(
        DeviceEventBus events, ChangeCounter changes, TransferEndings endings, DeviceWarnings warnings, TaskCompletionSource ended) =>
        Akka.Actor.Props.Create(() => new DeviceWatcherActor(events, changes, endings, warnings, ended));

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

    // Of what anybody can bring about, the latest; of copied keys each has been proven to be one.
    private readonly OrderedDictionary<DeviceId, string> _forged = [];
    private readonly OrderedDictionary<DeviceId, string> _cloned = [];
    private DiscoveryEvents.LadderChanged _ladder = new([]);
    private ImmutableArray<InterfaceFailure> _failing = [];
    private RungState _lastKnown = RungState.Resting;
    private bool _isPairingOffered;
    private ImmutableArray<Comparison> _comparisons = [];

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
                case RegistrationEvents.Certified certified:
                    _own.Remove("certificate");
                    NoteProvisional(certified.Identity.Certificate);
                    break;
                case PairingEvents.ComparisonsChanged changed:
                    _comparisons = changed.Comparisons;
                    break;
                case PairingEvents.PairingRefused refused:
                    SetOther($"pairing {refused.Device}", $"{refused.Name} asked to be paired, and was refused: {refused.Refusal.Detail}");
                    break;
                case PairingEvents.OfferRefused refused:
                    SetOther($"pairing {refused.Device}", $"{refused.Name} offered to pair this device, and was refused: {refused.Refusal.Detail}");
                    break;
                case PairingEvents.Paired paired:
                    _others.Remove($"pairing {paired.Peer.DeviceId}");
                    _others.Remove($"peer {paired.Peer.DeviceId}");
                    break;
                case PeerEvents.PeerRefused refused:
                    SetOther($"peer {refused.Device}", refused.Problem.ByPeer ? $"Refused by another device: {refused.Problem.Detail}" : $"A device was refused: {refused.Problem.Detail}");
                    break;
                case PeerEvents.LinkOpened opened:
                    _others.Remove($"peer {opened.Device}");
                    break;
                case DiscoveryEvents.InterfacesFailing m:
                    _failing = m.Failing;
                    break;
                case DiscoveryEvents.DuplicateDevice duplicate:
                    SetOther($"duplicate {duplicate.DeviceId}", $"The device id {duplicate.DeviceId} is announced at {duplicate.Places.Length} places ({Words(duplicate.Places)}): they are asked to prove it.");
                    break;
                case DiscoveryEvents.DuplicateEnded ended:
                    _others.Remove($"duplicate {ended.DeviceId}");
                    break;
                case PeerEvents.PlacesForged forged:
                    Set(_forged, forged.Device, $"Somebody at {Words(forged.Places)} announced itself as {forged.Name} and could not prove it: that is ignored.");
                    break;
                case PeerEvents.DeviceCloned cloned:
                    _others.Remove($"duplicate {cloned.Device}");
                    Set(_cloned, cloned.Device, $"The key of {cloned.Name} is in use at several places at once{(cloned.Places.IsEmpty ? "" : $" ({Words(cloned.Places)})")}: one of them is a copy. It is refused until you have stopped or revoked the copy and say, on each device that warns of it: openshare peers resolve {cloned.Device.ToString()[..8]}");
                    break;
                case PeerEvents.DuplicateSettled settled:
                    _others.Remove($"duplicate {settled.Device}");
                    _cloned.Remove(settled.Device);
                    break;
                case DiscoveryEvents.LadderChanged ladder:
                    _ladder = ladder;
                    break;
                case DiscoveryEvents.PairingOffered offered:
                    _isPairingOffered = offered.IsOffered;
                    break;
                case DiscoveryEvents.RungChanged { Way: FoundBy.LastKnown } rung:
                    _lastKnown = rung.State;
                    break;
            }
        }
    }

    /// <summary>What persons are shown of pairings.</summary>
    internal ImmutableArray<Comparison> Comparisons
    {
        get
        {
            lock (_lock)
                return _comparisons;
        }
    }

    /// <summary>The ways of finding devices, and what came of each.</summary>
    internal DiscoveryView Discovery
    {
        get
        {
            lock (_lock)
                return new DiscoveryView(_ladder.Rungs, _lastKnown, _ladder.IsAlone) { IsPairingOffered = _isPairingOffered };
        }
    }

    internal IReadOnlyList<string> Lines(RevocationView revocation)
    {
        lock (_lock)
            return
            [
                .. _own.Values,
                .. _comparisons.Where(c => c.State is ComparisonState.Open).Select(c => $"{c.Peer.Name} and this device are being paired: both screens must show {c.Code}"),
                .. _failing.Select(f => $"Discovery does not work on {f.Interface}: {f.Reason}"),
                .. revocation.IsStale ? [Stale] : (string[])[],
                .. _cloned.Values, .. _forged.Values, .. _others.Values,
            ];
    }

    private void NoteProvisional(DeviceCertificate own)
    {
        if (own.Sponsor is not { } sponsor)
            _own.Remove("provisional");
        else
            _own["provisional"] = $"This device was paired by {sponsor.Name} and is not registered: its trust is provisional, ends on {own.ExpiresAt:u} or when {sponsor.Name} takes it back, and it may pair no other. Register it when the server is in reach: openshare register --help";
    }

    private static string Words(ImmutableArray<PeerPlace> places) => string.Join(", ", places.Select(p => p.EndPoints.FirstOrDefault()?.ToString() ?? p.Host));

    private static void Set(OrderedDictionary<DeviceId, string> lines, DeviceId device, string line)
    {
        lines.Remove(device);
        if (lines.Count == MostOfOthers)
            lines.RemoveAt(0);
        lines.Add(device, line);
    }

    private void SetOther(string source, string line)
    {
        if (_others.Count < MostOfOthers || _others.ContainsKey(source))
            _others[source] = line;
    }
}
