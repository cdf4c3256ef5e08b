using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>
/// One known peer: dials it while somebody wants a link, keeps the one link alive, joins streams to it, and ends it
/// the moment the peer may not be spoken with. The decisions are <see cref="DialMachine"/>, <see cref="LinkElection"/>
/// and <see cref="LinkLiveness"/>; this carries them out.
/// </summary>
internal sealed class PeerActor : ReceiveActor, IWithTimers
{
    private sealed record Dialled(int Attempt, HandshakeOutcome Outcome) : INoSerializationVerificationNeeded;

    private sealed record Probed(HandshakeOutcome Outcome) : INoSerializationVerificationNeeded;

    private sealed record StreamJoined(LinkId Link, StreamOutcome Outcome, bool Dialled, int Try) : INoSerializationVerificationNeeded;

    private sealed record RetryStream(LinkId Link, TransferId Transfer, int Try);

    private sealed record DialDue;

    private sealed record DialDeadline(int Attempt);

    private sealed record ProbeDeadline;

    private sealed record LivenessDue;

    // The other side may not have taken note of a session yet when its first join arrives.
    private const int StreamTries = 4;
    private static readonly TimeSpan StreamRetryPause = TimeSpan.FromMilliseconds(250);

    private readonly DeviceContext _context;
    private readonly DeviceId _device;
    private readonly DialMachine _dial;
    private readonly StreamRunner _streams;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private HandshakeParty? _party;
    private ImmutableArray<IPEndPoint> _addresses = [];
    private Link? _link;
    private CancellationTokenSource? _dialling;
    private CancellationTokenSource? _probing;
    private int _attempt;
    private long _links;

    public PeerActor(DeviceContext context, DeviceId device, HandshakeParty? party)
    {
        _context = context;
        _device = device;
        _party = party;
        _dial = new DialMachine(context.Random);
        _streams = new StreamRunner(context);

        Receive<PeerSignals.PartyChanged>(OnPartyChanged);
        Receive<PeerSignals.Sighted>(m => OnAddresses([.. m.Sighting.Place.EndPoints]));
        Receive<PeerSignals.AddressesKnown>(m => OnAddresses(m.Addresses));
        Receive<PeerSignals.Adopt>(m => OnOpen(m.Link));
        Receive<PeerSignals.Probe>(_ => OnProbe());
        Receive<PeerSignals.JoinRequested>(OnJoinRequested);

        Receive<PeerCommands.Connect>(_ => DialIf(_dial.Want()));
        Receive<PeerCommands.Release>(_ => _dial.Release());
        Receive<PeerCommands.SendControl>(OnSendControl);
        Receive<PeerCommands.OpenStreams>(OnOpenStreams);

        Receive<Dialled>(OnDialled);
        Receive<Probed>(OnProbed);
        Receive<DialDue>(_ => DialIf(_dial.HandleTimeout(_context.Now)));
        Receive<DialDeadline>(m => { if (m.Attempt == _attempt) _dialling?.Cancel(); });
        Receive<ProbeDeadline>(_ => _probing?.Cancel());
        Receive<Link.Arrived>(OnArrived);
        Receive<Link.Ended>(m => { if (m.Link == _link?.Id) EndLink(m.Reason); });
        Receive<LivenessDue>(_ => OnLivenessDue());
        Receive<StreamJoined>(OnStreamJoined);
        Receive<RetryStream>(m => { if (m.Link == _link?.Id) DialStream(m.Transfer, m.Try); });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(DeviceContext context, DeviceId device, HandshakeParty? party) =>
        Akka.Actor.Props.Create(() => new PeerActor(context, device, party));

    protected override void PostStop()
    {
        _dialling?.Cancel();
        _probing?.Cancel();
        if (_link is not null)
            CloseLink("This device stopped.");
    }

    private void OnPartyChanged(PeerSignals.PartyChanged changed)
    {
        var had = _party?.Revoked;
        _party = changed.Party;
        if (_link is not { } link)
            return;
        if (Objection() is { } problem)
            Refuse(problem);
        else if (_party?.Revoked is { } list && list.IsNewerThan(had) && list.Version > link.PeerRevocationVersion)
            OfferRevocationList(link, list);
    }

    /// <summary>Why this peer may not be spoken with now, whatever its handshake once proved.</summary>
    private LinkProblem? Objection()
    {
        if (_party is null)
            return new LinkProblem(LinkRefusal.NotRegistered, "This device is not registered.", ByPeer: false);
        if (_party.Revoked?.Revokes(_device) == true)
            return new LinkProblem(LinkRefusal.Revoked, "The other device was revoked.", ByPeer: false);
        if (_party.Duplicates.Contains(_device))
            return new LinkProblem(LinkRefusal.Duplicate, "Two devices claim this device id; both are refused until that is resolved.", ByPeer: false);
        return null;
    }

    private void OnAddresses(ImmutableArray<IPEndPoint> addresses)
    {
        // IPv4 first: a link-local IPv6 address works on one interface only.
        _addresses = [.. addresses.OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : a.Address.IsIPv6LinkLocal ? 2 : 1)];
        DialIf(_dial.Sighted());
    }

    private void DialIf(bool now)
    {
        if (!now)
            return;
        _attempt++;
        if (_party is null)
        {
            Self.Tell(new Dialled(_attempt, new HandshakeOutcome.Unreachable("This device is not registered yet.")));
            return;
        }
        _dialling = new CancellationTokenSource();
        Timers.StartSingleTimer("dial deadline", new DialDeadline(_attempt), HandshakeParty.Deadline);
        var attempt = _attempt;
        new HandshakeRunner(_context, _party)
            .DialAsync(_addresses, _device, Authentication.Types.Purpose.Link, _dialling.Token)
            .PipeTo(Self, success: outcome => new Dialled(attempt, outcome));
    }

    private void OnDialled(Dialled dialled)
    {
        if (dialled.Attempt == _attempt)
        {
            Timers.Cancel("dial deadline");
            _dialling?.Dispose();
            _dialling = null;
        }
        if (dialled.Outcome is HandshakeOutcome.Open open)
        {
            OnOpen(open);
            return;
        }
        var problem = ProblemOf(dialled.Outcome);
        _dial.DialFailed(problem.IsWorthRetrying, _context.Now);
        ScheduleDial();
        // While a link is open a second dial that came to nothing is nobody's news.
        if (_link is not null)
            return;
        if (!problem.IsWorthRetrying)
            Context.Parent.Tell(new PeerSignals.Refused(_device, problem));
        _context.Events.Publish(new PeerEvents.LinkFailed(_device, problem));
    }

    private static LinkProblem ProblemOf(HandshakeOutcome outcome) => outcome switch
    {
        HandshakeOutcome.Failed failed => LinkProblems.From(failed.Failure),
        HandshakeOutcome.Unreachable unreachable => LinkProblems.Unreachable(unreachable.Detail),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome.GetType(), "An open link is no problem."),
    };

    private void OnOpen(HandshakeOutcome.Open open)
    {
        if (Objection() is not null || (_link is { } old && !LinkElection.NewerStays(
            _party!.Certificate.DeviceId, _device, old.Session.Role, open.Result.Session.Role)))
        {
            open.Control.Dispose();
            Context.Parent.Tell(new PeerSignals.SessionClosed(open.Result.Session.Id));
            return;
        }
        if (_link is not null)
            CloseLink("A newer connection with the same device took over.");
        var link = _link = new Link(new LinkId(++_links), open.Result, open.Control, open.Remote, _context.Now);
        _dial.Linked();
        link.Start(Self);
        ScheduleLiveness();
        _log.Info("Linked with {0} ({1}) at {2}", link.Certificate.Name, _device, link.Remote);
        var dialledAt = link.Session.Role == HandshakeRole.Initiator ? link.Remote : null;
        Context.Parent.Tell(new PeerSignals.Proven(link.Certificate, dialledAt));
        if (_party!.Revoked is { } list && list.Version > link.PeerRevocationVersion)
            OfferRevocationList(link, list);
        _context.Events.Publish(new PeerEvents.LinkOpened(_device, link.Id, link.Certificate));
    }

    private void OnProbe()
    {
        if (_party is null || _link is not null || _addresses.IsEmpty)
            return;
        _probing?.Cancel();
        _probing = new CancellationTokenSource();
        Timers.StartSingleTimer("probe deadline", new ProbeDeadline(), HandshakeParty.Deadline);
        new ProbeRunner(_context, _party).RunAsync(_addresses, _device, _probing.Token).PipeTo(Self, success: outcome => new Probed(outcome));
    }

    private void OnProbed(Probed probed)
    {
        switch (probed.Outcome)
        {
            case HandshakeOutcome.Open open:
                Context.Parent.Tell(new PeerSignals.Proven(open.Result.Peer, open.Remote));
                break;
            case HandshakeOutcome.Failed when ProblemOf(probed.Outcome) is { IsWorthRetrying: false } problem:
                Context.Parent.Tell(new PeerSignals.Refused(_device, problem));
                break;
        }
    }

    private static void OfferRevocationList(Link link, Protocol.Revocation.RevocationList list) =>
        link.Send(new Control { RevocationOffer = new RevocationOffer { RevocationList = list.Blob } });

    private void OnSendControl(PeerCommands.SendControl command)
    {
        if (command.Link == _link?.Id)
            _link.Send(command.Message);
    }

    private void OnOpenStreams(PeerCommands.OpenStreams command)
    {
        if (command.Link != _link?.Id)
            return;
        var count = Math.Min(command.Count, LinkStreams.MostAtOnce);
        if (_link.Session.Role == HandshakeRole.Initiator)
            DialStreams(command.Transfer, count);
        else
            _link.Send(new Control { StreamsWanted = new StreamsWanted { TransferId = Google.Protobuf.ByteString.CopyFrom(command.Transfer.ToBytes()), Count = (uint)count } });
    }

    private void DialStreams(TransferId transfer, int count)
    {
        for (var i = 0; i < count; i++)
            DialStream(transfer, 1);
    }

    private void DialStream(TransferId transfer, int tries)
    {
        var link = _link!;
        _streams.DialAsync(link.Remote, link.Session, link.TakeStreamId(), transfer, link.Stopping)
            .PipeTo(Self, success: outcome => new StreamJoined(link.Id, outcome, Dialled: true, tries));
    }

    private void OnJoinRequested(PeerSignals.JoinRequested request)
    {
        if (_link is not { } link || !link.Session.Id.ToBytes().AsSpan().SequenceEqual(request.Join.SessionId.Span))
        {
            request.Connection.Dispose();
            return;
        }
        try
        {
            link.Streams.Claim(request.Join.StreamId);
        }
        catch (ProtocolException error)
        {
            _log.Warning("{0} was refused a stream: {1}", _device, error.Message);
            request.Connection.Dispose();
            return;
        }
        _streams.AnswerAsync(request.Connection, link.Session, request.Join, link.Stopping)
            .PipeTo(Self, success: outcome => new StreamJoined(link.Id, outcome, Dialled: false, StreamTries));
    }

    private void OnStreamJoined(StreamJoined joined)
    {
        var (outcome, link) = (joined.Outcome, _link);
        if (outcome.Stream is { } stream)
        {
            if (link?.Id != joined.Link)
            {
                stream.Dispose();
                return;
            }
            link.Streams.Add(stream);
            _context.Events.Publish(new PeerEvents.StreamOpened(_device, link.Id, outcome.Transfer, outcome.StreamId, stream));
        }
        else if (link?.Id == joined.Link && joined.Dialled)
        {
            if (joined.Try < StreamTries)
                Timers.StartSingleTimer(outcome, new RetryStream(link.Id, outcome.Transfer, joined.Try + 1), StreamRetryPause);
            else
                EndLink($"No further stream could be opened: {outcome.Problem}");
        }
    }

    private void OnArrived(Link.Arrived arrived)
    {
        if (_link is not { } link || arrived.Link != link.Id)
            return;
        link.Liveness.Heard(_context.Now);
        var message = arrived.Message;
        switch (message.KindCase)
        {
            case Control.KindOneofCase.Ping:
                link.Send(new Control { Pong = new Pong { Id = message.Ping.Id } });
                break;
            case Control.KindOneofCase.Pong or Control.KindOneofCase.None:
                break;
            case Control.KindOneofCase.RevocationOffer when message.RevocationOffer.RevocationList is { } list:
                _context.Events.Publish(new PeerEvents.RevocationOffered(_device, list));
                break;
            case Control.KindOneofCase.StreamsWanted when link.Session.Role == HandshakeRole.Initiator:
                if (message.StreamsWanted.TransferId.Length == 16)
                    DialStreams(TransferId.FromBytes(message.StreamsWanted.TransferId.Span), (int)Math.Min(message.StreamsWanted.Count, LinkStreams.MostAtOnce));
                break;
            default:
                _context.Events.Publish(new PeerEvents.ControlReceived(_device, link.Id, message));
                break;
        }
    }

    private void OnLivenessDue()
    {
        if (_link is not { } link)
            return;
        switch (link.Liveness.HandleTimeout(_context.Now))
        {
            case LivenessVerdict.Dead:
                EndLink("The other device fell silent.");
                return;
            case LivenessVerdict.SendPing:
                link.Send(new Control { Ping = new Ping() });
                break;
        }
        ScheduleLiveness();
    }

    private void Refuse(LinkProblem problem)
    {
        _dial.Release();
        CloseLink(problem.Detail);
        _dial.Unlinked();
        Context.Parent.Tell(new PeerSignals.Refused(_device, problem));
        _context.Events.Publish(new PeerEvents.LinkFailed(_device, problem));
    }

    private void EndLink(string reason)
    {
        CloseLink(reason);
        DialIf(_dial.Unlinked());
        ScheduleDial();
    }

    private void CloseLink(string reason)
    {
        var link = _link!;
        _link = null;
        link.Dispose();
        Timers.Cancel("liveness");
        _log.Info("The link with {0} ended: {1}", _device, reason);
        Context.Parent.Tell(new PeerSignals.SessionClosed(link.Session.Id));
        _context.Events.Publish(new PeerEvents.LinkClosed(_device, link.Id, reason));
    }

    private void ScheduleDial() => Schedule("dial", new DialDue(), _dial.NextTimeout);

    private void ScheduleLiveness() => Schedule("liveness", new LivenessDue(), _link?.Liveness.NextTimeout);

    private void Schedule(string key, object tick, DateTimeOffset? at)
    {
        if (at is { } due)
            Timers.StartSingleTimer(key, tick, due > _context.Now ? due - _context.Now : TimeSpan.Zero);
        else
            Timers.Cancel(key);
    }
}
