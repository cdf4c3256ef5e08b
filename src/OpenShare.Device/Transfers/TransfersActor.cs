using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Device.Transfers.Sending;
using OpenShare.Device.Transfers.Telemetry;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Transfers;

/// <summary>
/// Supervises one session for each transfer that runs, tells each what happens on the link to its peer, starts the
/// sessions that the device's own user, its peers or a restart ask for, and knows what every transfer looks like.
/// </summary>
internal sealed partial class TransfersActor : ReceiveActor, IWithTimers
{
    private sealed record ReviveDue(TransferKey Key);

    // A session that fails is started again from what it kept, so often; then the transfer is given up, and says so.
    private readonly TransferFailures _limit = Supervision.Of(Context.System).Transfers;
    private readonly DeviceContext _context;
    private readonly TransferStores _stores;
    private readonly TransferHistory _history;
    private readonly IDisk _disk;
    private readonly IActorRef _peers;
    private readonly ReceivingPolicy _receiving;
    private readonly TransferPart _part;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<TransferKey, IActorRef> _sessions = [];
    private readonly Dictionary<IActorRef, TransferKey> _keys = [];
    private readonly Dictionary<TransferKey, TransferView> _running = [];
    private readonly Dictionary<TransferKey, TransferTrace> _traces = [];
    private readonly Dictionary<TransferKey, int> _failures = [];
    private readonly HashSet<TransferKey> _interrupted = [];
    private readonly Dictionary<DeviceId, PeerEvents.LinkOpened> _links = [];
    private DeviceIdentity? _identity;
    private long _started;

    public TransfersActor(
        DeviceContext context, TransferStores stores, IDisk disk, IPeerStore known, IActorRef peers, ReceivingPolicy receiving, Outbox? outbox, TransferPart part)
    {
        (_context, _stores, _disk, _peers, _receiving, _outbox, _part) = (context, stores, disk, peers, receiving, outbox, part);
        _history = new TransferHistory(stores, known);
        _early = new EarlyStreams(End);

        Receive<RegistrationEvents.Certified>(OnCertified);
        Receive<PeerEvents.LinkOpened>(OnLinkOpened);
        Receive<PeerEvents.LinkClosed>(OnLinkClosed);
        Receive<PeerEvents.LinkFailed>(OnLinkFailed);
        Receive<PeerEvents.Restarted>(_ => ConnectAgain());
        Receive<PeerEvents.ControlReceived>(OnControlReceived);
        Receive<PeerEvents.StreamOpened>(OnStreamOpened);

        Receive<TransferCommands.SendFiles>(OnSendFiles);
        Receive<AddressResolution>(OnResolved);
        Receive<ResolveOverdue>(OnResolveOverdue);
        Receive<TransferCommands.CancelTransfer>(OnCancel);
        Receive<TransferCommands.PauseTransfer>(OnPause);
        Receive<TransferCommands.AnswerOffer>(OnAnswerOffer);
        Receive<TransferCommands.ChangeReceiving>(m => _receiving.Change(m.Rule));
        Receive<TransferQueries.GetTransfers>(_ => Sender.Tell(AllShown()));
        Receive<TransferQueries.GetTransfer>(m => Sender.Tell(new TransferAnswer(_history.Find(m.Id) is var (no, record) ? ViewOf(no, record) : null)));
        Receive<TransferQueries.GetReceipt>(m => Look(self => _history.ReceiptOf(m.Id, self), new ReceiptAnswer(null, ManifestAnswer.None)));
        Receive<TransferQueries.GetManifest>(m => Look(self => _history.ManifestOf(m.Id, self), ManifestAnswer.None));
        Receive<TransferQueries.GetFiles>(OnGetFiles);
        Receive<TransferQueries.FindManifest>(m => Look(self => _history.ManifestOf(m.Id, self), ManifestAnswer.None));

        Receive<TransferSignals.RoomWanted>(OnRoomWanted);
        Receive<RoomDue>(_ => OnRoomDue());
        Receive<TransferSignals.RoomTaking>(_ => ChangeRoom(_room.Take));
        Receive<TransferSignals.RoomTaken>(m => ChangeRoom(key => _room.Prepared(key, m.Bytes)));
        Receive<TransferSignals.RoomUsed>(m => ChangeRoom(key => _room.Use(key, m.Bytes)));
        Receive<TransferSignals.RoomOwed>(m => ChangeRoom(key => _room.Owe(key, m.FileSystem, m.Bytes)));
        Receive<TransferSignals.RoomReleased>(_ => ChangeRoom(_room.End));
        Receive<SweepDue>(_ => Sweep());
        Receive<Swept>(OnSwept);

        Receive<TransferSignals.ViewChanged>(OnViewChanged);
        Receive<TransferSignals.Settled>(_ => Sender.Tell(new TransferSignals.End()));
        Receive<TransferSignals.NoRoom>(OnNoRoom);
        Receive<TransferSignals.DiskLost>(OnDiskLost);
        Receive<TransferSignals.StillOnDisk>(OnStillOnDisk);
        Receive<Terminated>(OnTerminated);
        Receive<ReviveDue>(m => Revive(m.Key));
        Receive<AcceptedPerhaps>(_ => ConnectAgain());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="outbox">where the texts are that are sent; null: there are none</param>
    public static Props Props(
        DeviceContext context, TransferStores stores, IDisk disk, IPeerStore known, IActorRef peers, ReceivingPolicy receiving, Outbox? outbox = null,
        TransferPart part = TransferPart.All) =>
        Akka.Actor.Props.Create(() => new TransfersActor(context, stores, disk, known, peers, receiving, outbox, part));

    // Not restarted in place: a session holds open files and streams. It is stopped, and made anew after a pause.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        _context.Events.Subscribe<RegistrationEvents.Certified>(Self);
        _context.Events.Subscribe<PeerEvents.LinkOpened>(Self);
        _context.Events.Subscribe<PeerEvents.LinkClosed>(Self);
        _context.Events.Subscribe<PeerEvents.LinkFailed>(Self);
        _context.Events.Subscribe<PeerEvents.Restarted>(Self);
        _context.Events.Subscribe<PeerEvents.ControlReceived>(Self);
        _context.Events.Subscribe<PeerEvents.StreamOpened>(Self);
        // After a restart there may be links that were opened before it.
        _peers.Tell(new PeerCommands.TellLinks());
        if (_part == TransferPart.None)
            return;
        Sweep();
        Timers.StartPeriodicTimer(nameof(SweepDue), new SweepDue(), s_sweepEvery);
    }

    // The sessions of the one before ended in the middle, on links that are up.
    protected override void PostRestart(Exception reason)
    {
        _interrupted.UnionWith(GoingOn().Select(t => t.Transfer.Key));
        base.PostRestart(reason);
    }

    protected override void PostStop()
    {
        _context.Events.Unsubscribe(Self);
        _early.DropAll();
        // Sessions that stop with it are heard of no more: what watches them ends here.
        foreach (var (key, trace) in _traces)
        {
            trace.Dispose();
            _context.Metrics.Stopped(key.Direction);
        }
    }

    // ------------------------------------------------------------ from the device

    private void OnCertified(RegistrationEvents.Certified certified)
    {
        var isFirst = _identity is null;
        _identity = certified.Identity;
        if (!isFirst)
            return;
        foreach (var (no, record) in GoingOn().Where(t => t.Transfer.Key.Direction == TransferDirection.Sending))
            Start(no, record);
        ConnectAgain();
    }

    // ------------------------------------------------------------ sessions

    private IActorRef? FindSession(TransferKey key) =>
        _sessions.GetValueOrDefault(key) ?? (_stores.Transfers.Find(key) is var (no, record) && (GoesOn(key.Direction) || record.IsOver) ? Start(no, record) : null);

    private TransferRecord NewRecord(TransferKey key, ManifestId? manifest, ImmutableArray<string> paths, string destination, string summary) => new(
        key, TransferState.Connecting, Problem: null, manifest, paths, destination, _context.Now, _context.Now, summary, Detail: "", 0, 0, 0, 0, 0, TimeSpan.Zero);

    private IActorRef Start(TransferNo no, TransferRecord record)
    {
        _shown = null;
        var scope = new TransferScope(_context, _stores, _disk, _identity!, _peers, no, record, _receiving.For(record.Key.Peer, isAsked: record.State == TransferState.AwaitingAnswer))
        {
            AllowsOverwriting = _receiving.AllowsOverwriting,
            Provisional = _receiving.Provisional,
            Turns = TurnsOf(record.Key.Peer),
            IsMadeAnew = _noRoom.Remove(record.Key) | _failures.ContainsKey(record.Key) | _interrupted.Remove(record.Key),
            Before = _onDisk.Remove(record.Key, out var work) ? work : Task.CompletedTask,
        };
        var sending = record.Key.Direction == TransferDirection.Sending;
        if (!sending)
            LeaveOneThatWaits(record.Key.Peer);
        var name = $"{(sending ? "to" : "from")}-{record.Key.Peer}-{record.Key.Transfer}-{no.Value}-{++_started}";
        var session = Context.Watch(Context.ActorOf(sending ? SendingActor.Props(scope) : ReceivingActor.Props(scope), name));
        _sessions[record.Key] = session;
        _traces[record.Key] = _context.Metrics.Trace(record.Key);
        _context.Metrics.Started(record.Key.Direction);
        _keys[session] = record.Key;
        if (_links.TryGetValue(record.Key.Peer, out var link))
            session.Tell(new TransferSignals.LinkUp(link.Link, link.Certificate, link.Carrier));
        HandOver(record.Key, session);
        if (!record.IsOver || record.OwesWord)
            _peers.Tell(new PeerCommands.Connect(record.Key.Peer));
        return session;
    }

    private void OnTerminated(Terminated terminated)
    {
        if (!_keys.Remove(terminated.ActorRef, out var key))
            return;
        if (_sessions.GetValueOrDefault(key)?.Equals(terminated.ActorRef) == true)
            _sessions.Remove(key);
        _running.Remove(key);
        _leaving.Remove(key);
        if (_traces.Remove(key, out var trace))
            trace.Dispose();
        _context.Metrics.Stopped(key.Direction);
        EndRoom(key, terminated.ActorRef);
        if (!_sessions.Keys.Any(k => k.Peer == key.Peer && k.Direction == TransferDirection.Sending))
            _turns.Remove(key.Peer);
        if (_stores.Transfers.Find(key) is not var (no, record) || record.IsOver)
            Forget(key);
        else if (!_noRoom.TryGetValue(key, out var reason))
            OnSessionFailed(no, record);
        else if (_disksLost.GetValueOrDefault(key) >= _limit.Max)
            GiveUp(no, record, reason);
        else
            WaitForRoom(no, record, reason);
        ReleaseUnlessWanted(key.Peer);
    }

    private void OnViewChanged(TransferSignals.ViewChanged changed)
    {
        if (!_keys.TryGetValue(Sender, out var key))
            return;
        // Once more is delivered than at its last failure, it counts as healthy again.
        if (_running.TryGetValue(key, out var before) && changed.View.BytesDone > before.BytesDone)
            _failures.Remove(key);
        Observe(key, before, changed.View);
        _running[key] = changed.View;
        _context.Events.Publish(new TransferEvents.TransferChanged(changed.View));
    }

    private void Observe(TransferKey key, TransferView? before, TransferView now)
    {
        _traces.GetValueOrDefault(key)?.Show(now);
        if (before is { IsEnded: false } && now.IsEnded)
            _context.Metrics.Ended(key.Direction, now.State);
        if (before is not { IsEnded: true } && now is { IsEnded: true, IsText: true } && _stores.Transfers.Find(key) is var (_, record))
            ForgetText(record);
    }

    private List<KeyValuePair<TransferKey, IActorRef>> SessionsWith(DeviceId device) =>
        [.. _sessions.Where(s => s.Key.Peer == device).OrderBy(s => s.Key.Transfer.ToString(), StringComparer.Ordinal)];

    private TransferView ViewOf(TransferNo no, TransferRecord record) =>
        _running.TryGetValue(record.Key, out var view) ? view : TransferViews.Stalled(_history.Resting(no, record), _noRoom.GetValueOrDefault(record.Key));

    // A file list may be long: it is read on a worker.
    private void Look<T>(Func<DeviceId, T> query, T unregistered)
    {
        if (_identity?.DeviceId is { } self)
            _context.Workers.Run(() => query(self)).PipeTo(Sender, Self);
        else
            Sender.Tell(unregistered);
    }
}
