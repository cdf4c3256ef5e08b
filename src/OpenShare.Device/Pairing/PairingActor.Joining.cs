using System.Net;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Pairing;

/// <summary>Where this device is paired itself.</summary>
internal sealed partial class PairingActor
{
    private sealed record Dialled(int Try, HandshakeOutcome Outcome) : INoSerializationVerificationNeeded;

    private sealed record Answered(int Try, Control? Message) : INoSerializationVerificationNeeded;

    private sealed record JoinDue;

    /// <summary>One try, from the person's order, or a sponsor's offer, to its outcome.</summary>
    /// <param name="Asker">null: it was offered</param>
    private sealed record Joining(int Try, PairingCommands.Join Order, IActorRef? Asker, JoinMachine Machine)
    {
        internal IActorRef? Dial { get; set; }

        internal PairingLine? Line { get; set; }

        internal IPEndPoint? Remote { get; set; }

        internal int? Comparison { get; set; }
    }

    private Joining? _join;
    private int _tries;

    private void ReceiveJoining()
    {
        ReceiveAsync<PairingCommands.Join>(OnJoin);
        ReceiveAsync<Dialled>(OnDialled);
        ReceiveAsync<Answered>(OnAnswered);
        ReceiveAsync<RegistrationCommands.PairedStored>(m => Handle(m.Problem is { } problem ? new JoinInput.NotStored(problem) : new JoinInput.Stored()));
        ReceiveAsync<Status.Failure>(m => Handle(new JoinInput.NotStored(m.Cause.Message)));
        ReceiveAsync<JoinDue>(_ => _join is { } join ? CarryOut(join, join.Machine.HandleTimeout(_context.Steady)) : Task.CompletedTask);
    }

    // Whoever is at this device comes before whoever offers: else anybody on the network could keep him waiting.
    private async Task OnJoin(PairingCommands.Join order)
    {
        if (_join is { Asker: null } offered)
            await CarryOut(offered, offered.Machine.Handle(new JoinInput.Cut("This device is being paired with another invitation."), _context.Steady, Now));
        if (_join is not null)
            Sender.Tell(new PairingCommands.JoinUnderWay());
        else
            await BeginJoin(order, Sender, offer: null);
    }

    private async Task BeginJoin(PairingCommands.Join order, IActorRef? asker, OfferHeard? offer)
    {
        var join = _join = new Joining(++_tries, order, asker, new JoinMachine(_context.Random)) { Line = offer?.Line, Remote = offer is null ? null : ListensAt(offer.Remote, order.Token) };
        await Handle(new JoinInput.Begin(order.Token, order.Key.PublicKey, _identity?.Trust, _revoked, order.Fingerprint)
        {
            Account = _identity?.Certificate.Account,
            Port = _port,
            IsAttended = order.IsAttended,
            OfferedBy = offer is null ? null : new JoinInput.Caller(offer.Sponsor.DeviceId, offer.Line.Session),
        });
        if (offer is not null && _join == join)
            Hear(join);
    }

    // Who dialled comes from a port of the moment.
    private static IPEndPoint ListensAt(IPEndPoint remote, PairingToken token) => new(remote.Address, token.Addresses[0].Port);

    private void Hear(Joining join) => join.Line!.HearAsync().PipeTo(Self, success: message => new Answered(join.Try, message));

    private Task Handle(JoinInput input) => _join is { } join ? CarryOut(join, join.Machine.Handle(input, _context.Steady, Now)) : Task.CompletedTask;

    private async Task CarryOut(Joining join, IReadOnlyList<JoinEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case JoinEffect.Dial dial:
                    var introduction = Introduction.Of(join.Order.Key, join.Order.Name ?? _name, _context.Instance, _context.Now);
                    join.Dial = Context.ActorOf(
                        DialActor.Props(
                            _context, introduction, AddressOrder.BestFirst(join.Order.Addresses), dial.Sponsor, Authentication.Types.Purpose.Pairing,
                            outcome => new Dialled(join.Try, outcome)),
                        $"join-{join.Try}");
                    break;
                case JoinEffect.Send send:
                    join.Line!.Send(send.Message);
                    break;
                case JoinEffect.Compare compare:
                    join.Comparison = Compare(isSponsor: false, compare.Sponsor, compare.Code, compare.IsAsked);
                    break;
                case JoinEffect.Store store:
                    await Store(store.Paired);
                    break;
                case JoinEffect.End end:
                    End(join, end.Outcome);
                    break;
            }
        }
        if (_join?.Machine.NextTimeout is { } due)
            Timers.StartSingleTimer(nameof(JoinDue), new JoinDue(), due > _context.Steady ? due - _context.Steady : TimeSpan.Zero);
        else
            Timers.Cancel(nameof(JoinDue));
    }

    private async Task OnDialled(Dialled dialled)
    {
        var open = dialled.Outcome as HandshakeOutcome.Open;
        if (_join is not { } join || join.Try != dialled.Try)
        {
            open?.Control.Dispose();
            return;
        }
        (join.Dial, join.Line, join.Remote) = (null, open is null ? null : new PairingLine(open.Control, open.Result.Session.Id), open?.Remote);
        await Handle(dialled.Outcome switch
        {
            HandshakeOutcome.Open connected => new JoinInput.Connected(connected.Result.Session.Id),
            HandshakeOutcome.Failed { Failure: HandshakeFailure.Refused refused } => new JoinInput.HandshakeRefused(refused.Code, refused.Detail),
            HandshakeOutcome.Failed { Failure: HandshakeFailure.RefusedByPeer refused } => new JoinInput.HandshakeRefused(refused.Code, refused.Detail),
            HandshakeOutcome.Failed failed => new JoinInput.Cut(failed.Failure.Detail),
            HandshakeOutcome.Unreachable unreachable => new JoinInput.Cut(unreachable.Detail),
            _ => throw new InvalidOperationException($"No such outcome: {dialled.Outcome.GetType()}"),
        });
        if (open is not null && _join == join)
            Hear(join);
    }

    private async Task OnAnswered(Answered answered)
    {
        if (_join is not { } join || join.Try != answered.Try)
            return;
        await Handle(answered.Message is { } message ? new JoinInput.Heard(message) : new JoinInput.Cut("The other device ended the connection without an answer."));
        if (answered.Message is not null && _join == join)
            Hear(join);
    }

    // The list is there before the certificate is in force: who was revoked is refused from the first moment on.
    private async Task Store(PairedDevice paired)
    {
        try
        {
            if (paired.Revoked is { } list)
                await _context.Workers.Run(() => _database.Revocation.Save(list));
            _registration.Tell(new RegistrationCommands.HoldPaired(paired.Held));
        }
        catch (StorageException error)
        {
            Self.Tell(new RegistrationCommands.PairedStored(error.Message));
        }
    }

    private void End(Joining join, JoinOutcome outcome)
    {
        _join = null;
        if (join.Dial is { } dial)
            Context.Stop(dial);
        join.Line?.End(Context.System.Scheduler);
        EndComparison(join.Comparison, outcome is JoinOutcome.Paired { Certificate: var given } ? new ComparisonState.Paired(given) : new ComparisonState.Refused(DetailOf(outcome)));
        if (outcome is JoinOutcome.Paired paired)
        {
            _log.Info("Paired by {0} until {1:u}", paired.Certificate.Sponsor!.Name, paired.Certificate.ExpiresAt);
            _context.Events.Publish(new PairingEvents.Paired(paired.Certificate.Sponsor, join.Remote));
        }
        join.Asker?.Tell(outcome);
        if (join.Asker is null)
            EndOffer(join, outcome);
    }

    private static string DetailOf(JoinOutcome outcome) => outcome switch
    {
        JoinOutcome.Refused refused => refused.Refusal.Detail,
        JoinOutcome.Unreachable unreachable => unreachable.Detail,
        _ => "Nobody said that both screens show the same code.",
    };
}
