using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>
/// Supervises one actor for each known peer, accepts connections and hands each to its peer once it has proven whose
/// it is, and keeps the directory that <c>peers</c> shows.
/// </summary>
internal sealed class PeersActor : ReceiveActor, IWithTimers
{
    private sealed record Accepted(ITransportConnection Connection) : INoSerializationVerificationNeeded;

    private sealed record AcceptEnded(string Reason);

    private sealed record OpeningRead(ITransportConnection Connection, byte[]? Opening) : INoSerializationVerificationNeeded;

    private sealed record Answered(ITransportConnection Connection, HandshakeOutcome Outcome) : INoSerializationVerificationNeeded;

    private sealed record Resolved(IActorRef Asker, IPEndPoint Address, HandshakeOutcome Outcome) : INoSerializationVerificationNeeded;

    private sealed record ProbeDone(ITransportConnection Connection) : INoSerializationVerificationNeeded;

    private sealed record Sweep;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly DeviceContext _context;
    private readonly PeerDirectory _directory;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly SortedDictionary<DeviceId, IActorRef> _peers = [];
    private readonly Dictionary<SessionId, IActorRef> _sessions = [];
    private readonly HalfOpen _halfOpen = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ITransportListener? _listener;
    private DeviceIdentity? _identity;
    private Protocol.Revocation.RevocationList? _revoked;
    private ImmutableHashSet<DeviceId> _duplicates = [];

    /// <param name="listener">already listening, so that its port can be announced; null where this device is not on the network</param>
    public PeersActor(DeviceContext context, IPeerStore store, ITransportListener? listener)
    {
        _context = context;
        _directory = new PeerDirectory(store, context);
        _listener = listener;

        Receive<RegistrationEvents.Certified>(m => { _identity = m.Identity; TellParty(); });
        Receive<RevocationEvents.RevocationChanged>(m => { _revoked = m.List; TellParty(); });
        Receive<DiscoveryEvents.PeerSighted>(OnSighted);
        Receive<DiscoveryEvents.PeerLost>(m => _directory.Lost(m.DeviceId));
        Receive<DiscoveryEvents.DuplicateDevice>(m => { _duplicates = _duplicates.Add(m.DeviceId); TellParty(); });

        Receive<PeerCommands.Connect>(m => Peer(m.Device).Forward(m));
        Receive<PeerCommands.Release>(m => Peer(m.Device).Forward(m));
        Receive<PeerCommands.SendControl>(m => Peer(m.Device).Forward(m));
        Receive<PeerCommands.OpenStreams>(m => Peer(m.Device).Forward(m));
        Receive<PeerCommands.Resolve>(OnResolve);
        Receive<PeerQueries.GetPeers>(_ => Sender.Tell(_directory.View(_revoked, _duplicates)));

        Receive<PeerSignals.Proven>(m => _directory.Proven(m.Certificate, m.DialledAt));
        Receive<PeerSignals.Refused>(m => OnRefused(m.Device, m.Problem));
        Receive<PeerSignals.SessionClosed>(m => _sessions.Remove(m.Session));

        Receive<Accepted>(m => OnAccepted(m.Connection));
        Receive<AcceptEnded>(m => _log.Warning("This device accepts no more connections: {0}", m.Reason));
        Receive<OpeningRead>(OnOpeningRead);
        Receive<Answered>(OnAnswered);
        Receive<Resolved>(OnResolved);
        Receive<ProbeDone>(m => _halfOpen.Remove(m.Connection));
        Receive<Sweep>(_ => _halfOpen.Expire(_context.Now));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(DeviceContext context, IPeerStore store, ITransportListener? listener) =>
        Akka.Actor.Props.Create(() => new PeersActor(context, store, listener));

    // A peer's actor that fails loses its link and is made anew; one that keeps failing is stopped, and made again by the next message for it.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(maxNrOfRetries: 10, withinTimeRange: TimeSpan.FromMinutes(1), _ => Directive.Restart);

    protected override void PreStart()
    {
        var self = Self;
        _context.Events.Subscribe<RegistrationEvents.Certified>(self);
        _context.Events.Subscribe<RevocationEvents.RevocationChanged>(self);
        _context.Events.Subscribe<DiscoveryEvents.PeerSighted>(self);
        _context.Events.Subscribe<DiscoveryEvents.PeerLost>(self);
        _context.Events.Subscribe<DiscoveryEvents.DuplicateDevice>(self);
        Timers.StartPeriodicTimer("sweep", new Sweep(), SweepEvery);
        if (_listener is not null)
            _ = AcceptAsync(_listener, self, _stop.Token);
    }

    protected override void PostStop()
    {
        _context.Events.Unsubscribe(Self);
        _stop.Cancel();
        _listener?.Dispose();
        _halfOpen.EndAll();
    }

    private static async Task AcceptAsync(ITransportListener listener, IActorRef self, CancellationToken cancellation)
    {
        try
        {
            while (true)
                self.Tell(new Accepted(await listener.AcceptAsync(cancellation).ConfigureAwait(false)));
        }
        catch (TransportException error)
        {
            if (!cancellation.IsCancellationRequested)
                self.Tell(new AcceptEnded(error.Message));
        }
    }

    private HandshakeParty? Party() =>
        _identity is null ? null : new HandshakeParty(_identity.Key, _identity.Certificate, _identity.Trust, _revoked, _duplicates);

    private void TellParty()
    {
        var changed = new PeerSignals.PartyChanged(Party());
        foreach (var peer in _peers.Values)
            peer.Tell(changed);
    }

    private IActorRef Peer(DeviceId device)
    {
        if (_peers.TryGetValue(device, out var known))
            return known;
        var peer = Context.ActorOf(PeerActor.Props(_context, device, Party()), device.ToString());
        _peers.Add(device, peer);
        var addresses = _directory.AddressesOf(device);
        if (!addresses.IsEmpty)
            peer.Tell(new PeerSignals.AddressesKnown(addresses));
        return peer;
    }

    private void OnSighted(DiscoveryEvents.PeerSighted sighted)
    {
        var device = sighted.Sighting.DeviceId;
        _directory.Sighted(sighted.Sighting);
        var peer = Peer(device);
        peer.Tell(new PeerSignals.Sighted(sighted.Sighting));
        peer.Tell(new PeerSignals.Probe());
    }

    private void OnRefused(DeviceId device, LinkProblem problem)
    {
        if (!problem.ByPeer)
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

    private void OnAccepted(ITransportConnection connection)
    {
        if (_halfOpen.Admit(connection, _context.Now) is not { } deadline)
        {
            connection.Dispose();
            return;
        }
        ReadOpeningAsync(connection, deadline).PipeTo(Self);
    }

    private static async Task<OpeningRead> ReadOpeningAsync(ITransportConnection connection, CancellationToken deadline)
    {
        try
        {
            return new OpeningRead(connection, await HandshakeFrames.ReadAsync(connection, Limits.OpeningFrame, deadline).ConfigureAwait(false));
        }
        catch (Exception error) when (error is TransportException or ProtocolException)
        {
            return new OpeningRead(connection, null);
        }
    }

    private void OnOpeningRead(OpeningRead read)
    {
        _halfOpen.Remove(read.Connection);
        if (read.Opening is null || !Messages.TryParse(Opening.Parser, read.Opening, out var opening))
        {
            read.Connection.Dispose();
            return;
        }
        switch (opening.KindCase)
        {
            case Opening.KindOneofCase.Hello when Party() is { } party && _halfOpen.Admit(read.Connection, _context.Now) is { } deadline:
                AnswerAsync(party, read.Connection, read.Opening, deadline).PipeTo(Self);
                break;
            case Opening.KindOneofCase.Join when JoinedPeer(opening.Join) is { } peer:
                peer.Tell(new PeerSignals.JoinRequested(read.Connection, opening.Join));
                break;
            case Opening.KindOneofCase.Hello:
                Hint(read.Connection, Protocol.Wire.Hint.Types.Code.Unregistered);
                break;
            default:
                read.Connection.Dispose();
                break;
        }
    }

    private async Task<Answered> AnswerAsync(HandshakeParty party, ITransportConnection connection, byte[] opening, CancellationToken deadline) =>
        new(connection, await new HandshakeRunner(_context, party).AnswerAsync(connection, opening, deadline).ConfigureAwait(false));

    private IActorRef? JoinedPeer(Join join) =>
        join.SessionId.Length == 16 && _sessions.TryGetValue(SessionId.FromBytes(join.SessionId.Span), out var peer) ? peer : null;

    private void Hint(ITransportConnection connection, Hint.Types.Code code) =>
        HintAsync(connection, code, _stop.Token).PipeTo(Self);

    private static async Task<ProbeDone> HintAsync(ITransportConnection connection, Hint.Types.Code code, CancellationToken cancellation)
    {
        try
        {
            await HandshakeFrames.WriteAsync(connection, Hints.Frame(code), cancellation).ConfigureAwait(false);
        }
        catch (TransportException)
        {
            // It was only a hint.
        }
        connection.Dispose();
        return new ProbeDone(connection);
    }

    private void OnAnswered(Answered answered)
    {
        switch (answered.Outcome)
        {
            case HandshakeOutcome.Open { Result.Purpose: Authentication.Types.Purpose.Probe } open when Party() is { } party:
                _directory.Proven(open.Result.Peer, dialledAt: null);
                ExchangeAsync(new ProbeRunner(_context, party), open, answered.Connection).PipeTo(Self);
                return;
            case HandshakeOutcome.Open open:
                var peer = Peer(open.Result.Peer.DeviceId);
                _sessions[open.Result.Session.Id] = peer;
                peer.Tell(new PeerSignals.Adopt(open));
                break;
            case HandshakeOutcome.Failed { Failure: HandshakeFailure.Refused { Certificate: { } certificate } } failed:
                OnRefused(certificate.DeviceId, LinkProblems.From(failed.Failure));
                break;
        }
        _halfOpen.Remove(answered.Connection);
    }

    private static async Task<ProbeDone> ExchangeAsync(ProbeRunner runner, HandshakeOutcome.Open open, ITransportConnection connection)
    {
        // The half-open deadline closes the connection, and that ends this.
        await runner.ExchangeAsync(open, CancellationToken.None).ConfigureAwait(false);
        return new ProbeDone(connection);
    }

    private void OnResolve(PeerCommands.Resolve resolve)
    {
        var asker = Sender;
        if (Party() is not { } party)
        {
            asker.Tell(new AddressResolution.Failed(new LinkProblem(LinkRefusal.NotRegistered, "This device is not registered.", ByPeer: false)));
            return;
        }
        var deadline = new CancellationTokenSource();
        Context.System.Scheduler.Advanced.ScheduleOnce(HandshakeParty.Deadline, deadline.Cancel);
        new HandshakeRunner(_context, party)
            .DialAsync([resolve.Address], expected: null, Authentication.Types.Purpose.Link, deadline.Token)
            .PipeTo(Self, success: outcome => new Resolved(asker, resolve.Address, outcome));
    }

    private void OnResolved(Resolved resolved)
    {
        switch (resolved.Outcome)
        {
            case HandshakeOutcome.Open open:
                var device = open.Result.Peer.DeviceId;
                _directory.Proven(open.Result.Peer, resolved.Address);
                var peer = Peer(device);
                peer.Tell(new PeerSignals.AddressesKnown([resolved.Address]));
                peer.Tell(new PeerSignals.Adopt(open));
                resolved.Asker.Tell(new AddressResolution.Found(device));
                break;
            case HandshakeOutcome.Failed failed:
                if (failed.Failure is HandshakeFailure.Refused { Certificate: { } certificate })
                    OnRefused(certificate.DeviceId, LinkProblems.From(failed.Failure));
                resolved.Asker.Tell(new AddressResolution.Failed(LinkProblems.From(failed.Failure)));
                break;
            case HandshakeOutcome.Unreachable unreachable:
                resolved.Asker.Tell(new AddressResolution.Failed(LinkProblems.Unreachable(unreachable.Detail)));
                break;
        }
    }
}
