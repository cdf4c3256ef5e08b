using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Discovery;

/// <summary>
/// Feeds an <see cref="MdnsMachine"/> from a multicast port and carries out its effects. What it finds it tells its
/// parent, as <see cref="DiscoveryEvents"/>.
/// </summary>
internal sealed class MdnsActor : ReceiveActor, IWithTimers
{
    // Changes of the network come in bursts; and where the system does not tell of them, they are found by looking.
    private static readonly TimeSpan BurstEnds = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BetweenRefreshes = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SleptAtLeast = TimeSpan.FromSeconds(10);

    private readonly DeviceContext _context;
    private readonly IDiscoveryPort _port;
    private readonly MdnsMachine _machine;
    private readonly FailureLog _failures = new();
    private readonly FailingInterfaces _failing = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IActorRef _parent = Context.Parent;
    private readonly SortedDictionary<DeviceId, PeerSighting> _unpaired = [];
    private Dictionary<int, string> _names = [];
    private readonly OwnAddresses _addresses = new();
    private DiscoveryOptions _options;
    private TimeSpan _slept;
    private DateTimeOffset? _awaited;
    private DiscoveryEvents.LadderChanged _ladder = new([]);
    private ImmutableArray<InterfaceFailure> _toldFailing = [];

    public MdnsActor(DeviceContext context, Func<IDiscoveryPort> port, DiscoveryOptions options)
    {
        _context = context;
        _port = port();
        _options = options;
        _slept = context.Now - context.Steady;
        _machine = new MdnsMachine(options.ForMdns(), context.Random);

        Receive<DiscoveryDatagram>(datagram =>
        {
            _port.Release();
            DiscoveryMetrics.Taken(datagram.Medium, datagram.Packet.From.AddressFamily);
            Feed(new MdnsInput.PacketReceived(datagram.Interface, datagram.Packet, datagram.Medium));
        });
        Receive<MachineTimeout>(_ =>
        {
            _awaited = null;
            LookAgainAfterSleep();
            Feed(new MdnsInput.TimeoutReached());
        });
        Receive<NetworkMayHaveChanged>(_ => Timers.StartSingleTimer(nameof(BurstEnds), RefreshInterfaces.Instance, BurstEnds));
        Receive<RefreshInterfaces>(_ =>
        {
            Refresh();
            LookAgainAfterSleep();
        });
        Receive<DiscoveryCommands.Start>(start =>
        {
            _options = start.Options;
            Feed(new MdnsInput.OptionsChanged(_options.ForMdns()));
            Refresh();
        });
        Receive<PeerEvents.PlacesForged>(m => Feed(new MdnsInput.PlacesForged(m.Device, m.Places, m.Until)));
        Receive<DiscoveryCommands.LookAgain>(_ => Feed(new MdnsInput.LookAgain()));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    // The wall clock may be set back, and announcements would stop for as long: elapsed time is what counts.
    private DateTimeOffset Now => _context.Steady;

    public static Props Props(DeviceContext context, Func<IDiscoveryPort> port, DiscoveryOptions options) =>
        Akka.Actor.Props.Create(() => new MdnsActor(context, port, options));

    protected override void PreStart()
    {
        _port.Open(Self);
        Timers.StartPeriodicTimer(nameof(RefreshInterfaces), RefreshInterfaces.Instance, BetweenRefreshes);
        Refresh();
    }

    protected override void PostStop()
    {
        try
        {
            Feed(new MdnsInput.Stop());
        }
        finally
        {
            _port.Dispose();
        }
    }

    private void Refresh()
    {
        var interfaces = _port.Refresh(_options.Interfaces);
        _names = interfaces.Usable.ToDictionary(i => i.Index, i => i.Name);
        foreach (var failure in interfaces.Failed)
            Log(failure);
        _failing.Looked(interfaces);
        TellFailing();
        if (_addresses.Look(interfaces.Usable.SelectMany(i => i.Addresses)))
            _parent.Tell(new DiscoveryEvents.OwnAddressLost());
        Feed(new MdnsInput.InterfacesChanged(interfaces.Usable));
    }

    // Elapsed time stands still while the host sleeps and the wall clock does not.
    private void LookAgainAfterSleep()
    {
        var slept = _context.Now - Now;
        if (slept - _slept > SleptAtLeast)
            Feed(new MdnsInput.LookAgain());
        _slept = slept;
    }

    private void Feed(MdnsInput input)
    {
        var effects = _machine.Handle(input, Now);
        foreach (var effect in effects)
            CarryOut(effect);
        if (input is MdnsInput.InterfacesChanged || effects.Any(e => e is MdnsEffect.RungChanged))
            TellLadder();
        Await(_machine.NextTimeout);
    }

    private void TellLadder()
    {
        ImmutableArray<RungView> rungs = [.. _machine.Rungs.Select(r => new RungView(FoundByOf(r.Medium), _names[r.Interface], r.State))];
        if (rungs.SequenceEqual(_ladder.Rungs) && _machine.SearchStarted == _ladder.SearchStarted)
            return;
        _ladder = new DiscoveryEvents.LadderChanged(rungs) { SearchStarted = _machine.SearchStarted };
        _parent.Tell(_ladder);
    }

    // Most packets change nothing of it, and they are many.
    private void Await(DateTimeOffset? next)
    {
        if (next == _awaited)
            return;
        _awaited = next;
        if (next is { } due)
            Timers.StartSingleTimer(nameof(MachineTimeout), MachineTimeout.Instance, due > Now ? due - Now : TimeSpan.Zero);
        else
            Timers.Cancel(nameof(MachineTimeout));
    }

    private void CarryOut(MdnsEffect effect)
    {
        switch (effect)
        {
            case MdnsEffect.Send send:
                Send(send);
                break;
            case MdnsEffect.Sighted { IsUnpaired: true } s:
                _unpaired[s.DeviceId] = SightingOf(s);
                TellUnpaired();
                break;
            case MdnsEffect.Sighted s:
                _parent.Tell(new DiscoveryEvents.PeerSighted(SightingOf(s)));
                break;
            case MdnsEffect.Lost { IsUnpaired: true } lost:
                _unpaired.Remove(lost.DeviceId);
                TellUnpaired();
                break;
            case MdnsEffect.HeardAgain again:
                _parent.Tell(new DiscoveryEvents.PeerHeardAgain(again.DeviceId));
                break;
            case MdnsEffect.RungChanged rung:
                _parent.Tell(new DiscoveryEvents.RungChanged(FoundByOf(rung.Medium), _names[rung.Interface], rung.State));
                break;
            case MdnsEffect.Lost lost:
                _parent.Tell(new DiscoveryEvents.PeerLost(lost.DeviceId));
                break;
            case MdnsEffect.Duplicate duplicate:
                _parent.Tell(new DiscoveryEvents.DuplicateDevice(duplicate.DeviceId, duplicate.Places));
                break;
            case MdnsEffect.DuplicateEnded ended:
                _parent.Tell(new DiscoveryEvents.DuplicateEnded(ended.DeviceId));
                break;
            case MdnsEffect.Renamed renamed:
                _parent.Tell(new DiscoveryEvents.DeviceRenamed(renamed.Name));
                break;
        }
    }

    private void TellUnpaired() => _parent.Tell(new DiscoveryEvents.UnpairedChanged([.. _unpaired.Values]));

    private static PeerSighting SightingOf(MdnsEffect.Sighted s) => new(s.DeviceId, s.Name, s.ShortFingerprint, s.Place, FoundByOf(s.Medium), s.Latency, s.News);

    private static FoundBy FoundByOf(DiscoveryMedium medium) => medium == DiscoveryMedium.Multicast ? FoundBy.Mdns : FoundBy.Broadcast;

    private void Send(MdnsEffect.Send send)
    {
        var reason = _port.Send(send.Interface, send.Medium, send.Packet, send.To);
        var failure = reason is null ? null
            : new InterfaceFailure(send.Medium == DiscoveryMedium.Broadcast ? $"{_names[send.Interface]} by broadcast" : _names[send.Interface], reason);
        if (failure is not null)
            Log(failure);
        if (_failing.Sent(send.Interface, send.Medium, failure))
            TellFailing();
    }

    private void TellFailing()
    {
        var failing = _failing.All;
        if (failing.SequenceEqual(_toldFailing))
            return;
        _toldFailing = failing;
        _parent.Tell(new DiscoveryEvents.InterfacesFailing(failing));
    }

    private void Log(InterfaceFailure failure)
    {
        if (_failures.IsNews(failure.Interface, failure.Reason, Now))
            _log.Warning("Discovery does not work on {0}: {1}", failure.Interface, failure.Reason);
    }

    private sealed record MachineTimeout
    {
        public static readonly MachineTimeout Instance = new();
    }

    private sealed record RefreshInterfaces
    {
        public static readonly RefreshInterfaces Instance = new();
    }
}
