using System.Net;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Channel;
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

    private sealed record Heard(int Try, PairingAnswer? Answer, string Problem) : INoSerializationVerificationNeeded;

    private sealed record JoinDue;

    /// <summary>One try, from the person's order to its outcome.</summary>
    private sealed record Joining(int Try, PairingCommands.Join Order, IActorRef Asker, JoinMachine Machine)
    {
        internal IActorRef? Dial { get; set; }

        internal SecureStream? Stream { get; set; }

        internal IPEndPoint? Remote { get; set; }
    }

    private Joining? _join;
    private int _tries;

    private void ReceiveJoining()
    {
        ReceiveAsync<PairingCommands.Join>(OnJoin);
        ReceiveAsync<Dialled>(OnDialled);
        ReceiveAsync<Heard>(m => _join is { } join && join.Try == m.Try
            ? Handle(m.Answer is { } answer ? new JoinInput.Answered(answer) : new JoinInput.Cut(m.Problem))
            : Task.CompletedTask);
        ReceiveAsync<RegistrationCommands.PairedStored>(m => Handle(m.Problem is { } problem ? new JoinInput.NotStored(problem) : new JoinInput.Stored()));
        ReceiveAsync<Status.Failure>(m => Handle(new JoinInput.NotStored(m.Cause.Message)));
        ReceiveAsync<JoinDue>(_ => _join is { } join ? CarryOut(join, join.Machine.HandleTimeout(_context.Steady)) : Task.CompletedTask);
    }

    private async Task OnJoin(PairingCommands.Join order)
    {
        if (_join is not null)
        {
            Sender.Tell(new PairingCommands.JoinUnderWay());
            return;
        }
        _join = new Joining(++_tries, order, Sender, new JoinMachine());
        await Handle(new JoinInput.Begin(order.Token, order.Key.PublicKey, _identity?.Trust, _revoked, order.Fingerprint)
        {
            Account = _identity?.Certificate.Account,
            Port = _port,
        });
    }

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
                    _ = PairingExchange.AskAsync(join.Stream!, send.Request).PipeTo(Self, success: heard => new Heard(join.Try, heard.Answer, heard.Problem));
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
        (join.Dial, join.Stream, join.Remote) = (null, open?.Control, open?.Remote);
        await Handle(dialled.Outcome switch
        {
            HandshakeOutcome.Open => new JoinInput.Connected(),
            HandshakeOutcome.Failed { Failure: HandshakeFailure.Refused refused } => new JoinInput.HandshakeRefused(refused.Code, refused.Detail),
            HandshakeOutcome.Failed { Failure: HandshakeFailure.RefusedByPeer refused } => new JoinInput.HandshakeRefused(refused.Code, refused.Detail),
            HandshakeOutcome.Failed failed => new JoinInput.Cut(failed.Failure.Detail),
            HandshakeOutcome.Unreachable unreachable => new JoinInput.Cut(unreachable.Detail),
            _ => throw new InvalidOperationException($"No such outcome: {dialled.Outcome.GetType()}"),
        });
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
        if (join.Stream is { } stream)
            _ = Goodbye.EndAsync(stream, Context.System.Scheduler);
        if (outcome is JoinOutcome.Paired paired)
        {
            _log.Info("Paired by {0} until {1:u}", paired.Certificate.Sponsor!.Name, paired.Certificate.ExpiresAt);
            _context.Events.Publish(new PairingEvents.Paired(paired.Certificate.Sponsor, join.Remote));
        }
        join.Asker.Tell(outcome);
    }
}
