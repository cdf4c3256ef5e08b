using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Channel;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>
/// One known peer: dials it while somebody wants a link, keeps the one link alive, joins streams to it, and ends it
/// the moment the peer may not be spoken with. The decisions are <see cref="DialMachine"/>, <see cref="LinkElection"/>
/// and <see cref="LinkLiveness"/>; this carries them out.
/// </summary>
internal sealed partial class PeerActor : ReceiveActor, IWithTimers
{
    private sealed record LivenessDue;

    private readonly DeviceContext _context;
    private readonly DeviceId _device;
    private readonly int? _quicPort;
    private readonly DialMachine _dial;
    private readonly StreamRunner _streams;
    private readonly CancellationTokenSource _stop = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private HandshakeParty? _party;
    private ImmutableArray<IPEndPoint> _addresses = [];
    private Link? _link;
    private IActorRef? _dialling;
    private IActorRef? _probing;
    private int _attempt;
    private int _probes;
    private long _links;
    private bool _isStopping;

    public PeerActor(DeviceContext context, DeviceId device, int? quicPort)
    {
        _context = context;
        _quicPort = quicPort;
        _device = device;
        _dial = new DialMachine(context.Random);
        _streams = new StreamRunner(context);

        Receive<PeerSignals.PartyChanged>(OnPartyChanged);
        Receive<PeerSignals.Sighted>(m => OnSighted([.. m.Sighting.Place.EndPoints]));
        Receive<PeerSignals.HeardAgain>(_ => DialIf(_dial.Sighted(_context.Steady)));
        Receive<PeerSignals.OwnAddressLost>(_ => { if (_link is { } link) DoubtLink(link); });
        Receive<PeerSignals.IsKnown>(_ => { _isKnown = true; _dial.Renewed(); });
        Receive<PeerSignals.AddressesKnown>(m => OnAddresses(m.Addresses));
        Receive<PeerSignals.Adopt>(m => OnOpen(m.Link));
        Receive<PeerSignals.Probe>(_ => OnProbe());
        Receive<PeerSignals.JoinRequested>(OnJoinRequested);
        Receive<PeerSignals.Stop>(_ => OnStop());

        Receive<PeerCommands.Connect>(_ => DialIf(_dial.Want(_context.Steady)));
        Receive<PeerCommands.Release>(_ => _dial.Release());
        Receive<PeerCommands.TellLinks>(_ => { if (_link is { } link) Sender.Tell(new PeerEvents.LinkOpened(_device, link.Id, link.Certificate, link.Carrier)); });
        Receive<PeerCommands.SendControl>(OnSendControl);
        Receive<PeerCommands.OpenStreams>(OnOpenStreams);
        Receive<PeerCommands.AskDialBack>(OnAskDialBack);

        Receive<Dialled>(OnDialled);
        Receive<Probed>(OnProbed);
        Receive<DialDue>(_ => OnDialDue());
        Receive<Link.Arrived>(OnArrived);
        Receive<Link.PartArrived>(OnPartArrived);
        Receive<Link.Ended>(m => { if (m.Link == _link?.Id) EndLink(m.End, m.Reason); });
        Receive<LivenessDue>(_ => OnLivenessDue());
        Receive<StreamJoined>(OnStreamJoined);
        Receive<DialledBack>(OnDialledBack);
        Receive<DialBackOverdue>(m => EndDialBack(m.Attempt, isReached: false));
        Receive<RetryStream>(m => { if (m.Link == _link?.Id) DialStream(m.Transfer, m.Try); });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="quicPort">where this device listens for QUIC; null: nowhere</param>
    public static Props Props(DeviceContext context, DeviceId device, int? quicPort) => Akka.Actor.Props.Create(() => new PeerActor(context, device, quicPort));

    // Made with what was known when it was first started: it asks for what is so now.
    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        Context.Parent.Tell(new PeerSignals.StateWanted(_device));
    }

    // A dial is a few lines over a machine: that one fails is a surprise, and this peer is made anew.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void PostStop()
    {
        _stop.Cancel();
        if (_link is not null)
            _ = CloseLink(LinkEnd.ClosedHere, "This device stopped.");
    }

    private void OnStop()
    {
        _isStopping = true;
        _dial.Release();
        // One after the other, by name: the order in which children stop by themselves is chance.
        foreach (var child in new[] { _dialling, _probing, _dialBack }.OfType<IActorRef>())
            Context.Stop(child);
        var said = _link is null ? Task.CompletedTask : CloseLink(LinkEnd.ClosedHere, "This device stops.");
        said.PipeTo(Self, success: () => PoisonPill.Instance, failure: _ => PoisonPill.Instance);
    }

    private void OnPartyChanged(PeerSignals.PartyChanged changed)
    {
        var had = _party;
        _party = changed.Party;
        if (had?.Certificate.Blob.Equals(_party?.Certificate.Blob) == false)
            _dial.Renewed();
        if (_link is not { } link)
            return;
        if (Objection(link.Certificate, link.JudgedBy) is { } problem)
        {
            End(problem);
            return;
        }
        if (_party!.Revoked is { } list && list.IsNewerThan(had?.Revoked) && list.Version > link.PeerRevocationVersion)
            OfferRevocationList(link, list);
        if (had is null || !had.Withdrawn.SetEquals(_party.Withdrawn))
            OfferWithdrawals(link, _party);
        if (KeyFor(link, _party) is { } key && (had is null || KeyFor(link, had) != key))
            OfferDiscoveryKey(link, key);
    }

    /// <summary>Why this peer may not be spoken with now, whatever its handshake once proved.</summary>
    private LinkProblem? Objection(DeviceCertificate certificate, TrustChain judgedBy)
    {
        if (_party is null)
            return new LinkProblem(LinkRefusal.NotRegistered, "This device is not registered.", ByPeer: false);
        // A link that is open is a proof of its own: an announcement alone neither ends it nor keeps out what takes its place.
        var party = _link is null ? _party : _party with { Suspected = ImmutableHashSet<DeviceId>.Empty };
        return party.ObjectionTo(certificate, judgedBy, _context.Now) is { } refused ? LinkProblems.From(refused) : null;
    }

    /// <returns>why it cannot be the link, where that is the peer's: things have changed since its handshake</returns>
    private LinkProblem? OnOpen(HandshakeOutcome.Open open)
    {
        var problem = Objection(open.Result.Peer, open.Result.Trust);
        if (_isStopping || problem is not null || (_link is { } old && !LinkElection.NewerStays(
            _party!.Certificate.DeviceId, _device, old.Session.Role, open.Result.Session.Role)))
        {
            _ = Goodbye.EndAsync(open.Control, Context.System.Scheduler);
            Context.Parent.Tell(new PeerSignals.SessionClosed(open.Result.Session.Id));
            // The peer has perhaps no end of the older one any more, which would keep out all that it dials for as long as it is not found dead.
            if (problem is null && !_isStopping)
                DoubtLink(_link!);
            return problem;
        }
        if (_link is not null)
            _ = CloseLink(LinkEnd.ClosedHere, "A newer connection with the same device took over.");
        var link = _link = new Link(new LinkId(++_links), open.Result, open.Control, open.Remote, _context.Steady);
        GiveUpDial();
        _dial.Linked(_context.Steady);
        link.Start(Self);
        ScheduleLiveness();
        _log.Info("Linked with {0} ({1}) at {2}", link.Certificate.Name, _device, link.Remote);
        Context.Parent.Tell(new PeerSignals.Proven(link.Certificate, link.Remote, link.Session.Role == HandshakeRole.Initiator));
        if (ListeningNotice.Of(_party!, link.Session.Role) is { } listening)
            link.Send(listening);
        if (_party!.Revoked is { } list && list.Version > link.PeerRevocationVersion)
            OfferRevocationList(link, list);
        OfferWithdrawals(link, _party);
        if (KeyFor(link, _party) is { } key)
            OfferDiscoveryKey(link, key);
        if (_quicPort is { } port && link.Session.Role == HandshakeRole.Responder)
            link.Send(new Control { QuicOffer = new QuicOffer { Port = (uint)port } });
        _context.Events.Publish(new PeerEvents.LinkOpened(_device, link.Id, link.Certificate, link.Carrier));
        return null;
    }

    private void OnSendControl(PeerCommands.SendControl command)
    {
        if (command.Link == _link?.Id)
            _link.Send(command.Message);
    }

    private void OnLivenessDue()
    {
        if (_link is not { } link)
            return;
        switch (link.Liveness.HandleTimeout(_context.Steady))
        {
            case LivenessVerdict.Dead:
                EndLink(LinkEnd.Cut, "The other device fell silent.");
                return;
            case LivenessVerdict.SendPing:
                // Nothing was read for a while: it waits perhaps for what a session had that ended.
                link.ForgetUnhandled();
                link.Send(new Control { Ping = new Ping() });
                break;
        }
        ScheduleLiveness();
    }

    private void End(LinkProblem problem)
    {
        // What ends by itself is no refusal; nor is a certificate under a key withdrawn meanwhile: the peer learns of it when it is dialled anew, and renews.
        if (problem.IsWorthRetrying || problem.Refusal == LinkRefusal.BadCertificate)
            EndLink(LinkEnd.ClosedHere, problem.Detail);
        else
            Refuse(problem);
    }

    private void Refuse(LinkProblem problem)
    {
        _dial.Release();
        _ = CloseLink(LinkEnd.ClosedHere, problem.Detail, dropsQueued: true);
        _dial.Unlinked(_context.Steady, hasCarried: false);
        Context.Parent.Tell(new PeerSignals.Refused(_device, problem));
        _context.Events.Publish(new PeerEvents.LinkFailed(_device, problem, WillRetry: false));
    }

    private void EndLink(LinkEnd end, string reason)
    {
        var hasCarried = _link!.HasCarried;
        _ = CloseLink(end, reason, dropsQueued: end == LinkEnd.ClosedByPeer);
        if (end == LinkEnd.ClosedByPeer)
            _dial.PeerSaidGoodbye(_context.Steady);
        else
            DialIf(_dial.Unlinked(_context.Steady, hasCarried));
        ScheduleDial();
    }

    /// <returns>done when its end was said, or could not be</returns>
    private Task CloseLink(LinkEnd end, string reason, bool dropsQueued = false)
    {
        var link = _link!;
        _link = null;
        var said = Task.CompletedTask;
        if (end == LinkEnd.Cut)
            link.Dispose();
        else
            said = link.CloseAsync(Context.System.Scheduler, dropsQueued);
        Timers.Cancel("liveness");
        ForgetDialBackAskers();
        _log.Info("The link with {0} ended: {1}", _device, reason);
        Context.Parent.Tell(new PeerSignals.SessionClosed(link.Session.Id));
        _context.Events.Publish(new PeerEvents.LinkClosed(_device, link.Id, end, reason));
        return said;
    }

    private void ScheduleDial() => Schedule("dial", new DialDue(), _dial.NextTimeout);

    private void ScheduleLiveness() => Schedule("liveness", new LivenessDue(), _link?.Liveness.NextTimeout);

    private void Schedule(string key, object tick, DateTimeOffset? at)
    {
        if (at is { } due)
            Timers.StartSingleTimer(key, tick, due > _context.Steady ? due - _context.Steady : TimeSpan.Zero);
        else
            Timers.Cancel(key);
    }
}
