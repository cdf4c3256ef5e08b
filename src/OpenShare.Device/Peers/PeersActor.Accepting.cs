using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>
/// Accepting connections: each is half open, bounded in number and time, until it has proven whose it is; then it goes
/// to that peer.
/// </summary>
internal sealed partial class PeersActor
{
    private sealed record Accepted(ITransportConnection Connection) : INoSerializationVerificationNeeded;

    private sealed record AcceptEnded(string Reason);

    private sealed record AcceptAgain;

    private sealed record OpeningRead(ITransportConnection Connection, byte[]? Opening) : INoSerializationVerificationNeeded;

    private sealed record Answered(ITransportConnection Connection, HandshakeOutcome Outcome) : INoSerializationVerificationNeeded;

    private sealed record ProbeDone(ITransportConnection Connection) : INoSerializationVerificationNeeded;

    private static readonly TimeSpan AcceptPause = TimeSpan.FromSeconds(1);

    private void Accept() => _ = AcceptAsync(_listener!, Self, _stop.Token);

    // Too many open files, for one, is a state that passes: a device that accepts no more would be deaf until it is restarted.
    private void OnAcceptEnded(AcceptEnded ended)
    {
        _log.Warning("This device could not accept a connection, and tries again: {0}", ended.Reason);
        Timers.StartSingleTimer("accept", new AcceptAgain(), AcceptPause);
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

    private void OnAccepted(ITransportConnection connection)
    {
        if (Admit(connection) is not { } deadline)
        {
            connection.Dispose();
            return;
        }
        ReadOpeningAsync(connection, deadline).PipeTo(Self);
    }

    private CancellationToken? Admit(ITransportConnection connection)
    {
        if (_halfOpen.Count == 0)
            Timers.StartPeriodicTimer("sweep", new Sweep(), SweepEvery);
        return _halfOpen.Admit(connection, _context.Steady);
    }

    private void OnSweep()
    {
        _halfOpen.Expire(_context.Steady);
        if (_halfOpen.Count == 0)
            Timers.Cancel("sweep");
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
            case Opening.KindOneofCase.Hello when (Party() ?? _shown) is { } party && Admit(read.Connection) is { } deadline:
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
                OnProven(open.Result.Peer, answered.Connection.Remote, isDialled: false);
                Exchange(party, open).PipeTo(Self, success: () => new ProbeDone(answered.Connection));
                return;
            case HandshakeOutcome.Open { Result.Purpose: Authentication.Types.Purpose.Pairing } open:
                // While the device starts, say: the other side is not left waiting.
                if (!_context.Events.Publish(new PeerEvents.PairingOpened(open.Result.Peer, open.Remote, open.Control, open.Result.Session.Id)))
                    open.Control.Dispose();
                break;
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

    // What follows a proof, whichever side dialled for it.
    private Task Exchange(HandshakeParty party, HandshakeOutcome.Open open) =>
        new ProbeRunner(_context, party).ExchangeAsync(open, Context.System.Scheduler, _stop.Token);
}
