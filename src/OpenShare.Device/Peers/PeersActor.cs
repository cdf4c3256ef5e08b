using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Pairing;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Transport;
using OpenShare.Device.Views;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Peers;

/// <summary>
/// Supervises one actor for each known peer, accepts connections and hands each to its peer once it has proven whose
/// it is, and keeps the directory that <c>peers</c> shows.
/// </summary>
internal sealed partial class PeersActor : ReceiveActor, IWithTimers
{
    private sealed record Sweep;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly DeviceContext _context;
    private readonly PeerDirectory _directory;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly SortedDictionary<DeviceId, IActorRef> _peers = [];
    private readonly Dictionary<SessionId, IActorRef> _sessions = [];
    private readonly HalfOpen _halfOpen = new();
    private readonly DateTimeOffset _begun;
    private readonly ProbePlan _probes;
    private readonly CancellationTokenSource _stop = new();
    private readonly ITransportListener? _listener;
    private readonly int? _port;
    private DeviceIdentity? _identity;
    private bool _hasStarted;
    private long _started;
    private Protocol.Revocation.RevocationList? _revoked;
    private ImmutableHashSet<DeviceId> _duplicates = [];
    private ImmutableHashSet<DeviceId> _suspected = [];
    private TimeFloor _floor = TimeFloor.None;

    /// <param name="listener">already listening, so that its port can be announced; null where this device is not on the network</param>
    /// <param name="port">where peers connect to, where that is another than the listener's</param>
    public PeersActor(DeviceContext context, IPeerStore store, ITransportListener? listener, int? port)
    {
        _context = context;
        _directory = new PeerDirectory(store, context, _log);
        _begun = context.Steady;
        (_listener, _port) = (listener, port ?? listener?.LocalEndPoint.Port);
        _probes = new ProbePlan(context.Random);
        _cases = new DuplicateCases(store.All().Where(p => p.Trust == PeerTrust.Duplicate).Select(p => p.DeviceId));
        _duplicates = [.. _cases.Cloned];

        Receive<RegistrationEvents.Certified>(m => { var before = _identity; _identity = m.Identity; TellParty(); TellNews(before); });
        Receive<RevocationEvents.RevocationChanged>(OnRevocationChanged);
        Receive<RegistrationEvents.TimeFloorRaised>(m => { _floor = _floor.Raise(m.Floor.IssuedAt); TellParty(); });
        Receive<PairingEvents.StandingChanged>(OnStandingChanged);
        Receive<PairingEvents.Paired>(m => OnPaired(m.Peer, m.At));
        Receive<PairingEvents.Withdrawn>(OnWithdrawn);
        Receive<PairingEvents.ShowingChanged>(m => _shown = m.Party);
        Receive<DiscoveryEvents.UnpairedChanged>(m => _unpaired = m.Devices);
        Receive<DiscoveryEvents.PeerSighted>(OnSighted);
        Receive<DiscoveryEvents.PeerHeardAgain>(OnHeardAgain);
        Receive<DiscoveryEvents.OwnAddressLost>(_ => OnOwnAddressLost());
        Receive<PeerEvents.ListeningTold>(OnListeningTold);
        Receive<DiscoveryEvents.PeerLost>(OnLost);
        Receive<DiscoveryEvents.DuplicateDevice>(OnDuplicate);
        Receive<DiscoveryEvents.DuplicateEnded>(m => CarryOut(_cases.HandleEnded(m.DeviceId)));
        Receive<DiscoveryEvents.LadderChanged>(OnLadderChanged);
        Receive<PeerEvents.LinkOpened>(m => { _linked.Add(m.Device); JudgeDuplicates(); });
        Receive<PeerEvents.LinkClosed>(OnLinkClosed);
        Receive<PeerCommands.ResolveDuplicate>(m => OnResolveDuplicate(m.Device));
        Receive<PeerCommands.LookFor>(OnLookFor);
        Receive<Challenged>(OnChallenged);
        Receive<ResolveDue>(m => CarryOut(_cases.HandleResolve(m.Device, _context.Steady)));
        Receive<DuplicatesDue>(_ => CarryOut(_cases.HandleTimeout(_context.Steady)));
        Receive<LastKnownDialled>(OnLastKnownDialled);
        Receive<LastKnownDue>(_ => DialLastKnown());

        Receive<PeerCommands.Start>(_ => OnStart());
        Receive<PeerCommands.Connect>(OnConnect);
        Receive<PeerCommands.Release>(OnRelease);
        Receive<PeerCommands.SendControl>(m => Peer(m.Device).Forward(m));
        Receive<PeerCommands.OpenStreams>(m => Peer(m.Device).Forward(m));
        Receive<PeerCommands.AskDialBack>(m => Peer(m.Device).Forward(m));
        Receive<PeerCommands.TellLinks>(m => { foreach (var peer in _peers.Values) peer.Forward(m); });
        Receive<PeerCommands.Resolve>(OnResolve);
        Receive<PeerCommands.Stop>(_ => OnStop());
        Receive<PeerQueries.GetPeers>(_ => OnGetPeers());

        Receive<PeerSignals.Proven>(m => OnProven(m.Certificate, m.Remote, m.IsDialled));
        Receive<PeerSignals.Refused>(m => OnRefused(m.Device, m.Problem));
        Receive<PeerSignals.NotReached>(m => Doubt(m.Device));
        Receive<PeerSignals.ProbeFailed>(m => LetGoOfStranger(m.Device));
        Receive<PeerSignals.SessionClosed>(m => _sessions.Remove(m.Session));
        Receive<PeerSignals.StateWanted>(m => TellState(Sender, m.Device));
        Receive<Terminated>(m => Forget(m.ActorRef));

        Receive<Accepted>(m => OnAccepted(m.Connection));
        Receive<AcceptEnded>(OnAcceptEnded);
        Receive<AcceptAgain>(_ => Accept());
        Receive<OpeningRead>(OnOpeningRead);
        Receive<Answered>(OnAnswered);
        Receive<Resolved>(OnResolved);
        Receive<ProbeDone>(m => _halfOpen.Remove(m.Connection));
        Receive<Sweep>(_ => OnSweep());
        Receive<ProbesDue>(_ => RunProbes());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(DeviceContext context, IPeerStore store, ITransportListener? listener, int? port = null) =>
        Akka.Actor.Props.Create(() => new PeersActor(context, store, listener, port));

    // A peer's actor that fails loses its link and is made anew; one that keeps failing is stopped, and made again by the next message for it.
    protected override SupervisorStrategy SupervisorStrategy() => Supervision.Of(Context.System).Peers.Strategy;

    protected override void PreStart()
    {
        var self = Self;
        _context.Events.Subscribe<RegistrationEvents.TimeFloorRaised>(self);
        _context.Events.Subscribe<RegistrationEvents.Certified>(self);
        _context.Events.Subscribe<RevocationEvents.RevocationChanged>(self);
        _context.Events.Subscribe<PairingEvents.StandingChanged>(self);
        _context.Events.Subscribe<PairingEvents.Paired>(self);
        _context.Events.Subscribe<PairingEvents.Withdrawn>(self);
        _context.Events.Subscribe<PairingEvents.ShowingChanged>(self);
        _context.Events.Subscribe<DiscoveryEvents.UnpairedChanged>(self);
        _context.Events.Subscribe<DiscoveryEvents.PeerSighted>(self);
        _context.Events.Subscribe<DiscoveryEvents.PeerHeardAgain>(self);
        _context.Events.Subscribe<DiscoveryEvents.OwnAddressLost>(self);
        _context.Events.Subscribe<DiscoveryEvents.PeerLost>(self);
        _context.Events.Subscribe<DiscoveryEvents.DuplicateDevice>(self);
        _context.Events.Subscribe<DiscoveryEvents.DuplicateEnded>(self);
        _context.Events.Subscribe<DiscoveryEvents.LadderChanged>(self);
        _context.Events.Subscribe<PeerEvents.ListeningTold>(self);
        _context.Events.Subscribe<PeerEvents.LinkOpened>(self);
        _context.Events.Subscribe<PeerEvents.LinkClosed>(self);
        // Found before a restart: its user is to be told on.
        foreach (var device in _cases.Cloned)
            _context.Events.Publish(new PeerEvents.DeviceCloned(device, NameOf(device), []));
    }

    // What was in sight and what was wanted is known to others alone now.
    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        _context.Events.Publish(new DiscoveryEvents.RungChanged(FoundBy.LastKnown, null, _lastKnownState));
        _context.Events.Publish(new DiscoveryEvents.PairingOffered(_isPairingOffered));
        _context.Events.Publish(new PeerEvents.Restarted());
    }

    protected override void PostStop()
    {
        _context.Events.Unsubscribe(Self);
        _stop.Cancel();
        _halfOpen.EndAll();
    }

    private HandshakeParty? Party() => _identity is null ? null
        : new HandshakeParty(_identity.Key, _identity.Certificate, _identity.Chain, _revoked, _duplicates, _floor)
        {
            DiscoveryKey = _identity.DiscoveryKeys.Issue,
            ListensAt = _port,
            Instance = _context.Instance,
            StaleList = _context.StaleList,
            Suspected = _suspected,
            Invited = _pairing.Invited,
            Withdrawn = _pairing.Withdrawn,
            Withdrawals = _withdrawals,
        };

    private void TellParty()
    {
        var changed = new PeerSignals.PartyChanged(Party());
        foreach (var peer in _peers.Values)
            peer.Tell(changed);
    }

    private void OnStart()
    {
        if (_hasStarted)
            return;
        _hasStarted = true;
        if (_listener is not null)
            Accept();
        foreach (var device in _wanted)
            Peer(device).Tell(new PeerCommands.Connect(device));
    }

    // Each says goodbye on its link; nobody comes in any more.
    private void OnStop()
    {
        _stop.Cancel();
        _halfOpen.EndAll();
        foreach (var peer in _peers.Values)
            peer.Tell(new PeerSignals.Stop());
        Become(Stopping);
        StopIfAlone();
    }

    private void Stopping()
    {
        Receive<Terminated>(m => { Forget(m.ActorRef); StopIfAlone(); });
        Receive<Accepted>(m => m.Connection.Dispose());
        Receive<OpeningRead>(m => m.Connection.Dispose());
        Receive<Answered>(m => m.Connection.Dispose());
        Receive<Challenged>(m => (m.Outcome as HandshakeOutcome.Open)?.Control.Dispose());
        Receive<LastKnownDialled>(m => (m.Outcome as HandshakeOutcome.Open)?.Control.Dispose());
        Receive<Resolved>(m => (m.Outcome as HandshakeOutcome.Open)?.Control.Dispose());
        Receive<PeerSignals.Proven>(m => _directory.Proven(m.Certificate, m.Remote, m.IsDialled));
        ReceiveAny(_ => { });
    }

    private void StopIfAlone()
    {
        if (_peers.Count == 0)
            Context.Stop(Self);
    }

    private void OnOwnAddressLost()
    {
        foreach (var device in _linked.OrderBy(d => d.ToString(), StringComparer.Ordinal))
            Peer(device).Tell(new PeerSignals.OwnAddressLost());
    }

    private void OnLinkClosed(PeerEvents.LinkClosed closed)
    {
        _linked.Remove(closed.Device);
        JudgeDuplicates();
        if (closed.End != LinkEnd.ClosedHere)
            Doubt(closed.Device);
    }

    private void OnProven(DeviceCertificate certificate, IPEndPoint remote, bool isDialled)
    {
        _probes.HandleProven(certificate.DeviceId, remote.Address, _context.Steady);
        RunProbes();
        Know(certificate, remote, isDialled);
        _context.Events.Publish(new PeerEvents.PeerProven(certificate));
    }

    private void Know(DeviceCertificate certificate, IPEndPoint remote, bool isDialled)
    {
        _directory.Proven(certificate, remote, isDialled);
        _peers.GetValueOrDefault(certificate.DeviceId)?.Tell(new PeerSignals.IsKnown());
    }

    private void OnRefused(DeviceId device, LinkProblem problem)
    {
        _probes.HandleRefused(device);
        JudgeCompany();
        if (!problem.ByPeer && problem.IsProven)
            MarkRefused(device, problem.Refusal);
        _context.Events.Publish(new PeerEvents.PeerRefused(device, problem));
    }

    private void MarkRefused(DeviceId device, LinkRefusal refusal)
    {
        switch (refusal)
        {
            case LinkRefusal.Expired:
                _directory.Refused(device, PeerTrust.Expired);
                break;
            case LinkRefusal.Revoked:
                _directory.Refused(device, PeerTrust.Revoked);
                break;
        }
    }
}
