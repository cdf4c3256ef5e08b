using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Discovery;

/// <summary>
/// The device's <c>discovery</c>: supervises the ways of finding peers (multicast DNS), remembers what they found,
/// and publishes it. A way that fails is started again after 1 to 60 s, longer each time until it has held for a minute.
/// </summary>
public sealed class DiscoveryActor : ReceiveActor, IWithTimers
{
    private const string Mdns = "mdns";

    private readonly DiscoveryPauses _pauses = Supervision.Of(Context.System).Discovery;
    private readonly DeviceContext _context;
    private readonly Func<IDiscoveryPort> _port;
    private readonly SortedDictionary<DeviceId, PeerSighting> _peers = [];
    private readonly SortedDictionary<DeviceId, DiscoveryEvents.DuplicateDevice> _duplicates = [];
    private DiscoveryEvents.LadderChanged _ladder = new([]);
    private DiscoveryOptions? _options;
    private string? _announcedName;
    private IActorRef? _mdns;
    private bool _isStopping;
    private long _startStamp;
    private TimeSpan _backOff;

    /// <param name="port">opens a way to the multicast groups; asked again after a failure</param>
    public DiscoveryActor(DeviceContext context, Func<IDiscoveryPort> port)
    {
        _context = context;
        _port = port;
        _backOff = _pauses.First;

        Receive<DiscoveryCommands.Start>(Start);
        Receive<DiscoveryCommands.Stop>(_ => Stop());
        Receive<DiscoveryCommands.LookAgain>(again => _mdns?.Tell(again));
        Receive<DiscoveryQueries.GetPeers>(_ => Sender.Tell(new DiscoverySnapshot(
            _options is not null, _announcedName, [.. _peers.Values], [.. _duplicates.Values])));
        Receive<Terminated>(_ => MdnsTerminated());
        Receive<BackOffEnded>(_ => StartMdns());

        // What a stopped child said before it stopped is news of the past.
        Receive<DiscoveryEvents.PeerSighted>(IsFromMdns, Note);
        Receive<DiscoveryEvents.PeerHeardAgain>(IsFromMdns, m => context.Events.Publish(m));
        Receive<DiscoveryEvents.OwnAddressLost>(IsFromMdns, m => context.Events.Publish(m));
        Receive<DiscoveryEvents.UnpairedChanged>(IsFromMdns, m => context.Events.Publish(m));
        Receive<DiscoveryEvents.PeerLost>(IsFromMdns, Note);
        Receive<DiscoveryEvents.DuplicateDevice>(IsFromMdns, Note);
        Receive<DiscoveryEvents.DuplicateEnded>(IsFromMdns, Note);
        Receive<DiscoveryEvents.DeviceRenamed>(IsFromMdns, Note);
        Receive<DiscoveryEvents.InterfacesFailing>(IsFromMdns, m => context.Events.Publish(m));
        Receive<DiscoveryEvents.RungChanged>(IsFromMdns, m => context.Events.Publish(m));
        Receive<DiscoveryEvents.LadderChanged>(IsFromMdns, Note);
        Receive<PeerEvents.Restarted>(_ => TellAgain());
        Receive<PeerEvents.PlacesForged>(forged => _mdns?.Tell(forged));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Discovery of one device; it does nothing before <see cref="DiscoveryCommands.Start"/>.</summary>
    /// <param name="port">opens a way to the multicast groups; asked again after a failure</param>
    public static Props Props(DeviceContext context, Func<IDiscoveryPort> port) => Akka.Actor.Props.Create(() => new DiscoveryActor(context, port));

    protected override void PreStart()
    {
        _context.Events.Subscribe<PeerEvents.PlacesForged>(Self);
        _context.Events.Subscribe<PeerEvents.Restarted>(Self);
    }

    // What it has told would hold for ever otherwise.
    protected override void PostStop()
    {
        _context.Events.Unsubscribe(Self);
        ForgetAll();
    }

    // A failed child is not restarted in place: it would spin. It is stopped, and started again after a back-off.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    // Started anew after a surprise, it goes on with what it was told before.
    protected override void PreRestart(Exception reason, object message)
    {
        if (_options is { } options)
            Self.Tell(new DiscoveryCommands.Start(options));
        base.PreRestart(reason, message);
    }

    private bool IsFromMdns(object message) => !_isStopping && Sender.Equals(_mdns);

    private void Start(DiscoveryCommands.Start start)
    {
        _options = start.Options;
        if (_isStopping)
            return;
        if (_mdns is not null)
            _mdns.Tell(start);
        else if (!Timers.IsTimerActive(nameof(BackOffEnded)))
            StartMdns();
    }

    private void Stop()
    {
        _options = null;
        _backOff = _pauses.First;
        Timers.Cancel(nameof(BackOffEnded));
        ForgetAll();
        if (_mdns is null || _isStopping)
            return;
        _isStopping = true;
        Context.Stop(_mdns);
    }

    private void StartMdns()
    {
        if (_options is null)
            return;
        _announcedName = _options.DeviceName;
        _startStamp = _context.Time.GetTimestamp();
        _mdns = Context.Watch(Context.ActorOf(MdnsActor.Props(_context, _port, _options), Mdns));
    }

    private void MdnsTerminated()
    {
        _mdns = null;
        if (_isStopping)
        {
            // Asked to stop, and perhaps to start again meanwhile.
            _isStopping = false;
            StartMdns();
            return;
        }

        ForgetAll();
        if (_context.Time.GetElapsedTime(_startStamp) > _pauses.HeldWell)
            _backOff = _pauses.First;
        Timers.StartSingleTimer(nameof(BackOffEnded), BackOffEnded.Instance, _context.Random.Between(_backOff / 2, _backOff));
        _backOff = _backOff * 2 < _pauses.Longest ? _backOff * 2 : _pauses.Longest;
    }

    private void Note(DiscoveryEvents.PeerSighted sighted)
    {
        _peers[sighted.Sighting.DeviceId] = sighted.Sighting;
        _context.Events.Publish(sighted);
    }

    private void Note(DiscoveryEvents.PeerLost lost)
    {
        _peers.Remove(lost.DeviceId);
        _context.Events.Publish(lost);
    }

    private void Note(DiscoveryEvents.DuplicateDevice duplicate)
    {
        _duplicates[duplicate.DeviceId] = duplicate;
        _context.Events.Publish(duplicate);
    }

    private void Note(DiscoveryEvents.DuplicateEnded ended)
    {
        _duplicates.Remove(ended.DeviceId);
        _context.Events.Publish(ended);
    }

    private void Note(DiscoveryEvents.LadderChanged ladder)
    {
        _ladder = ladder;
        _context.Events.Publish(ladder);
    }

    private void Note(DiscoveryEvents.DeviceRenamed renamed)
    {
        _announcedName = renamed.AnnouncedName;
        _context.Events.Publish(renamed);
    }

    private void TellAgain()
    {
        foreach (var sighting in _peers.Values)
            _context.Events.Publish(new DiscoveryEvents.PeerSighted(sighting));
        foreach (var duplicate in _duplicates.Values)
            _context.Events.Publish(duplicate);
        _context.Events.Publish(_ladder);
    }

    private void ForgetAll()
    {
        _announcedName = null;
        Note(new DiscoveryEvents.LadderChanged([]));
        _context.Events.Publish(new DiscoveryEvents.InterfacesFailing([]));
        _context.Events.Publish(new DiscoveryEvents.UnpairedChanged([]));
        foreach (var device in _duplicates.Keys.ToList())
            Note(new DiscoveryEvents.DuplicateEnded(device));
        foreach (var device in _peers.Keys.ToList())
            Note(new DiscoveryEvents.PeerLost(device));
    }

    private sealed record BackOffEnded
    {
        public static readonly BackOffEnded Instance = new();
    }
}
