using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Device.Transfers.Sending;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;
using TransferState = OpenShare.Device.Hosting.TransferState;

namespace OpenShare.Device.Transfers;

/// <summary>
/// Supervises one session for each transfer that runs, tells each what happens on the link to its peer, starts the
/// sessions that the device's own user, its peers or a restart ask for, and knows what every transfer looks like.
/// </summary>
internal sealed class TransfersActor : ReceiveActor
{
    private sealed record Resolved(TransferCommands.SendFiles Command, IActorRef Asker, AddressResolution Resolution);

    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(15);

    private readonly DeviceContext _context;
    private readonly TransferStores _stores;
    private readonly IDisk _disk;
    private readonly IActorRef _peers;
    private readonly ReceivingPolicy _receiving;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<TransferKey, IActorRef> _sessions = [];
    private readonly Dictionary<IActorRef, TransferKey> _keys = [];
    private readonly Dictionary<TransferKey, TransferView> _running = [];
    private readonly Dictionary<DeviceId, PeerEvents.LinkOpened> _links = [];
    private DeviceIdentity? _identity;
    private long _started;

    public TransfersActor(DeviceContext context, TransferStores stores, IDisk disk, IActorRef peers, ReceivingPolicy receiving)
    {
        (_context, _stores, _disk, _peers, _receiving) = (context, stores, disk, peers, receiving);

        Receive<RegistrationEvents.Certified>(OnCertified);
        Receive<PeerEvents.LinkOpened>(OnLinkOpened);
        Receive<PeerEvents.LinkClosed>(OnLinkClosed);
        Receive<PeerEvents.LinkFailed>(OnLinkFailed);
        Receive<PeerEvents.ControlReceived>(OnControlReceived);
        Receive<PeerEvents.StreamOpened>(OnStreamOpened);

        Receive<TransferCommands.SendFiles>(OnSendFiles);
        Receive<Resolved>(OnResolved);
        Receive<TransferCommands.CancelTransfer>(OnCancel);
        Receive<TransferQueries.GetTransfers>(_ => Sender.Tell(_stores.Transfers.All().Select(t => ViewOf(t.No, t.Transfer)).ToImmutableArray()));
        Receive<TransferQueries.GetTransfer>(m => Sender.Tell(new TransferAnswer(Find(m.Id) is var (no, record) ? ViewOf(no, record) : null)));
        Receive<TransferQueries.GetReceipt>(OnGetReceipt);

        Receive<TransferSignals.ViewChanged>(OnViewChanged);
        Receive<TransferSignals.Settled>(_ => { if (_keys.ContainsKey(Sender)) Context.Stop(Sender); });
        Receive<Terminated>(OnTerminated);
    }

    public static Props Props(DeviceContext context, TransferStores stores, IDisk disk, IActorRef peers, ReceivingPolicy receiving) =>
        Akka.Actor.Props.Create(() => new TransfersActor(context, stores, disk, peers, receiving));

    // A session that fails unexpectedly goes on from what it kept; one that keeps failing is stopped, and tried again when the link comes anew.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        _context.Events.Subscribe<RegistrationEvents.Certified>(Self);
        _context.Events.Subscribe<PeerEvents.LinkOpened>(Self);
        _context.Events.Subscribe<PeerEvents.LinkClosed>(Self);
        _context.Events.Subscribe<PeerEvents.LinkFailed>(Self);
        _context.Events.Subscribe<PeerEvents.ControlReceived>(Self);
        _context.Events.Subscribe<PeerEvents.StreamOpened>(Self);
    }

    protected override void PostStop() => _context.Events.Unsubscribe(Self);

    // ------------------------------------------------------------ from the device

    private void OnCertified(RegistrationEvents.Certified certified)
    {
        var isFirst = _identity is null;
        _identity = certified.Identity;
        if (!isFirst)
            return;
        // Sending goes on by itself; what is received goes on when its sender comes back.
        foreach (var (no, record) in _stores.Transfers.Unfinished().Where(t => t.Transfer.Key.Direction == TransferDirection.Sending))
            Start(no, record);
    }

    private void OnLinkOpened(PeerEvents.LinkOpened opened)
    {
        _links[opened.Device] = opened;
        foreach (var (key, session) in SessionsWith(opened.Device))
            session.Tell(new TransferSignals.LinkUp(opened.Link, opened.Certificate));
        foreach (var (no, record) in _stores.Transfers.Unfinished().Where(t => t.Transfer.Key.Peer == opened.Device && !_sessions.ContainsKey(t.Transfer.Key)))
            Start(no, record);
    }

    private void OnLinkClosed(PeerEvents.LinkClosed closed)
    {
        if (_links.TryGetValue(closed.Device, out var link) && link.Link == closed.Link)
            _links.Remove(closed.Device);
        foreach (var (_, session) in SessionsWith(closed.Device))
            session.Tell(new TransferSignals.LinkDown(closed.Link));
    }

    private void OnLinkFailed(PeerEvents.LinkFailed failed)
    {
        object signal = failed.Problem.IsWorthRetrying
            ? new TransferSignals.LinkDelayed(failed.Problem.Detail)
            : new TransferSignals.LinkRefused(failed.Problem);
        foreach (var (_, session) in SessionsWith(failed.Device))
            session.Tell(signal);
    }

    private void OnControlReceived(PeerEvents.ControlReceived received)
    {
        if (TransferMessages.TransferOf(received.Message) is not { } transfer)
            return;
        var direction = TransferMessages.IsFromSender(received.Message) ? TransferDirection.Receiving : TransferDirection.Sending;
        var key = new TransferKey(direction, received.Device, transfer);
        if (!_sessions.TryGetValue(key, out var session))
        {
            // Either side may cancel, and an ended transfer may be asked for its last word.
            var other = key with { Direction = TransferDirection.Receiving };
            session = _sessions.GetValueOrDefault(other) ?? Revive(received, key) ?? Revive(received, other);
        }
        session?.Tell(new TransferSignals.ControlArrived(received.Message));
    }

    private IActorRef? Revive(PeerEvents.ControlReceived received, TransferKey key)
    {
        if (_stores.Transfers.Find(key) is var (no, record))
            return Start(no, record);
        var opens = received.Message.KindCase is Control.KindOneofCase.ManifestOffer or Control.KindOneofCase.TransferResumed;
        if (!opens || key.Direction != TransferDirection.Receiving)
            return null;
        var fresh = NewRecord(key, manifest: null, paths: [], _receiving.SaveTo, summary: "");
        return Start(_stores.Transfers.Add(fresh), fresh);
    }

    private void OnStreamOpened(PeerEvents.StreamOpened opened)
    {
        var session = _sessions.GetValueOrDefault(new TransferKey(TransferDirection.Sending, opened.Device, opened.Transfer))
            ?? _sessions.GetValueOrDefault(new TransferKey(TransferDirection.Receiving, opened.Device, opened.Transfer));
        // The offer travels on another connection than the stream, and may come after it: the session is made by whichever is first.
        session ??= ReviveForStream(new TransferKey(TransferDirection.Receiving, opened.Device, opened.Transfer));
        if (session is null)
            opened.Stream.Dispose();
        else
            session.Tell(new TransferSignals.StreamReady(opened.StreamId, opened.Stream));
    }

    private IActorRef? ReviveForStream(TransferKey key)
    {
        if (_stores.Transfers.Find(key) is var (no, record))
            return record.IsOver ? null : Start(no, record);
        var fresh = NewRecord(key, manifest: null, paths: [], _receiving.SaveTo, summary: "");
        return Start(_stores.Transfers.Add(fresh), fresh);
    }

    // ------------------------------------------------------------ from the user

    private void OnSendFiles(TransferCommands.SendFiles command)
    {
        if (_identity is null)
        {
            Sender.Tell(new SendStart.Refused(TransferProblem.NotRegistered, "This device is not registered. Run 'openshare register' first."));
            return;
        }
        if (command.Paths.FirstOrDefault(p => !Path.Exists(p)) is { } missing)
        {
            Sender.Tell(new SendStart.Refused(TransferProblem.BadPath, $"{missing} is not there."));
            return;
        }
        var asker = Sender;
        switch (command.Target)
        {
            case SendTarget.Device device:
                asker.Tell(Begin(command.Paths, device.Id));
                break;
            case SendTarget.Address address:
                _peers.Ask<AddressResolution>(new PeerCommands.Resolve(address.EndPoint), ResolveTimeout).PipeTo(
                    Self,
                    success: resolution => new Resolved(command, asker, resolution),
                    failure: error => new Resolved(command, asker, new AddressResolution.Failed(
                        new LinkProblem(LinkRefusal.Unreachable, error.Message, ByPeer: false))));
                break;
        }
    }

    private void OnResolved(Resolved resolved) => resolved.Asker.Tell(resolved.Resolution switch
    {
        AddressResolution.Found found => Begin(resolved.Command.Paths, found.Device),
        AddressResolution.Failed { Problem: { IsWorthRetrying: true } problem } => new SendStart.Refused(TransferProblem.DeviceNotFound, problem.Detail),
        AddressResolution.Failed { Problem: var problem } => new SendStart.Refused(TransferProblem.NotTrusted, problem.Detail),
        _ => new SendStart.Refused(TransferProblem.Failed, "The address could not be resolved."),
    });

    private SendStart Begin(ImmutableArray<string> paths, DeviceId device)
    {
        if (device == _identity!.DeviceId)
            return new SendStart.Refused(TransferProblem.DeviceNotFound, "That is this device itself.");
        var key = new TransferKey(TransferDirection.Sending, device, TransferId.New(_context.Random));
        var summary = TransferViews.SummaryOf([.. paths.Select(p => Path.GetFileName(Path.TrimEndingDirectorySeparator(p)))]);
        var record = NewRecord(key, ManifestId.New(_context.Random), paths, destination: "", summary);
        Start(_stores.Transfers.Add(record), record);
        return new SendStart.Started(key.Transfer);
    }

    private TransferRecord NewRecord(TransferKey key, ManifestId? manifest, ImmutableArray<string> paths, string destination, string summary) => new(
        key, TransferState.Connecting, Problem: null, manifest, paths, destination, _context.Now, _context.Now, summary, Detail: "", 0, 0, 0, 0, 0, TimeSpan.Zero);

    private void OnCancel(TransferCommands.CancelTransfer command)
    {
        if (Find(command.Id) is not var (no, record))
        {
            Sender.Tell(new TransferAnswer(null));
            return;
        }
        if (!record.IsOver)
        {
            if (_sessions.TryGetValue(record.Key, out var session))
            {
                session.Forward(new TransferSignals.Cancel());
                return;
            }
            // Nothing runs: what is kept says so, and the other side hears of it when it asks.
            record = record with { State = TransferState.Cancelled, UpdatedAt = _context.Now, Detail = "cancelled on this device" };
            _stores.Transfers.Update(no, record);
            if (record.Key.Direction == TransferDirection.Receiving && _disk.OpenDestination(record.Destination, record.Key.Peer, record.Key.Transfer).Value is { } staged)
            {
                staged.Discard();
                staged.Dispose();
            }
        }
        Sender.Tell(new TransferAnswer(ViewOf(no, record)));
    }

    // ------------------------------------------------------------ sessions

    private IActorRef Start(TransferNo no, TransferRecord record)
    {
        var scope = new TransferScope(_context, _stores, _disk, _identity!, _peers, no, record, _receiving.Accept);
        var sending = record.Key.Direction == TransferDirection.Sending;
        var name = $"{(sending ? "to" : "from")}-{record.Key.Peer}-{record.Key.Transfer}-{no.Value}-{++_started}";
        var session = Context.Watch(Context.ActorOf(sending ? SendingActor.Props(scope) : ReceivingActor.Props(scope), name));
        _sessions[record.Key] = session;
        _keys[session] = record.Key;
        if (_links.TryGetValue(record.Key.Peer, out var link))
            session.Tell(new TransferSignals.LinkUp(link.Link, link.Certificate));
        if (sending && !record.IsOver)
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
        if (!_sessions.Keys.Any(k => k.Peer == key.Peer && k.Direction == TransferDirection.Sending))
            _peers.Tell(new PeerCommands.Release(key.Peer));
        if (_stores.Transfers.Find(key) is (_, { IsOver: false }))
            _log.Warning("The session of transfer {0} stopped before its end; it goes on with the next link", key.Transfer);
    }

    private void OnViewChanged(TransferSignals.ViewChanged changed)
    {
        if (!_keys.TryGetValue(Sender, out var key))
            return;
        _running[key] = changed.View;
        _context.Events.Publish(new TransferEvents.TransferChanged(changed.View));
    }

    private List<KeyValuePair<TransferKey, IActorRef>> SessionsWith(DeviceId device) =>
        [.. _sessions.Where(s => s.Key.Peer == device).OrderBy(s => s.Key.Transfer.ToString(), StringComparer.Ordinal)];

    private (TransferNo No, TransferRecord Record)? Find(TransferId id)
    {
        foreach (var (no, record) in _stores.Transfers.All())
        {
            if (record.Key.Transfer == id)
                return (no, record);
        }
        return null;
    }

    private TransferView ViewOf(TransferNo no, TransferRecord record) =>
        _running.TryGetValue(record.Key, out var view)
            ? view
            : TransferViews.Resting(record, peerName: null, record.IsOver ? _stores.Receipts.Find(no) : null);

    private void OnGetReceipt(TransferQueries.GetReceipt query)
    {
        var receipt = Find(query.Id) is var (no, _) ? _stores.Receipts.Find(no) : null;
        Sender.Tell(new ReceiptAnswer(receipt, Manifest: null));
    }
}

/// <summary>Who may send here, and where it goes.</summary>
public sealed record ReceivingPolicy(AcceptPolicy Accept, string SaveTo);
