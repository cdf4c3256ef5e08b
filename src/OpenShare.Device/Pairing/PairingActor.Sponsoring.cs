using System.Net;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Storage;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Pairing;

/// <summary>Where this device pairs another.</summary>
internal sealed partial class PairingActor
{
    private sealed record Said(int Visit, Control? Message) : INoSerializationVerificationNeeded;

    private sealed record VisitOverdue(int Visit);

    /// <summary>A new device that is connected.</summary>
    private sealed record Visit(DeviceCertificate Introduction, IPEndPoint Remote, PairingLine Line)
    {
        /// <summary>Where it is reached from now on, as it says; null: it has not said.</summary>
        internal IPEndPoint? At { get; set; }

        internal int? Comparison { get; set; }

        /// <summary>Who had it offered to be paired, and waits for what it says to that; null: nobody any more.</summary>
        internal IActorRef? Asker { get; set; }

        internal void Answer(InviteOutcome outcome)
        {
            Asker?.Tell(outcome);
            Asker = null;
        }
    }

    private const int MostVisits = 8;
    private static readonly TimeSpan VisitPatience = TimeSpan.FromSeconds(10);

    private readonly SponsorMachine _machine;
    private readonly Dictionary<int, Visit> _visits = [];
    private int _lastVisit;

    private void ReceiveSponsoring()
    {
        ReceiveAsync<PairingCommands.Invite>(OnInvite);
        ReceiveAsync<Said>(OnSaid);
        ReceiveAsync<VisitOverdue>(m => Handle(new SponsorInput.Left(m.Visit)));
    }

    private PairingSponsor? Sponsor() => _identity is { } own
        ? new PairingSponsor(own.Key, own.Certificate, own.Chain, _revoked, own.DiscoveryKeys, own.Server, own.ServerTrust)
        : null;

    private async Task OnInvite(PairingCommands.Invite invite)
    {
        var asker = Sender;
        asker.Tell(await Invited(new SponsorInput.Invite(invite.Code, invite.Scope, invite.Addresses)));
    }

    private async Task<InviteOutcome> Invited(SponsorInput.Invite invite) => Sponsor() is { } sponsor
        ? await Outcome(_machine.Handle(invite, sponsor, Now)[0], sponsor)
        : new InviteOutcome.NotRegistered();

    private async Task<InviteOutcome> Outcome(SponsorEffect effect, PairingSponsor sponsor) => effect switch
    {
        SponsorEffect.StoreInvitation store => await Outcome(_machine.Handle(await Stored(store.Token), sponsor, Now)[0], sponsor),
        SponsorEffect.Show show => new InviteOutcome.Invited(show.Token),
        SponsorEffect.RefuseInvitation refuse => new InviteOutcome.Refused(refuse.Refusal),
        _ => throw new InvalidOperationException($"No such effect of an invitation: {effect.GetType()}"),
    };

    private async Task<SponsorInput> Stored(PairingToken token)
    {
        try
        {
            _context.Events.Publish(await _context.Workers.Run(() =>
            {
                _database.Pairing.Save(token, _context.Now);
                return Standing(_database.Pairing);
            }));
            return new SponsorInput.InvitationStored(token);
        }
        catch (StorageException error)
        {
            return new SponsorInput.InvitationNotStored(error.Message);
        }
    }

    private void Receive(DeviceCertificate introduction, IPEndPoint remote, PairingLine line, IActorRef? asker = null, PairingNonce? offered = null)
    {
        if (_visits.Count >= MostVisits || Sponsor() is not { } sponsor)
        {
            line.Dispose();
            return;
        }
        var number = ++_lastVisit;
        _visits.Add(number, new Visit(introduction, remote, line) { Asker = asker });
        _machine.Handle(new SponsorInput.Opened(number, introduction, line.Session) { Offered = offered }, sponsor, Now);
        Timers.StartSingleTimer(number, new VisitOverdue(number), VisitPatience);
        Hear(number, line);
    }

    private void Hear(int number, PairingLine line) => line.HearAsync().PipeTo(Self, success: message => new Said(number, message));

    private async Task OnSaid(Said said)
    {
        if (!_visits.TryGetValue(said.Visit, out var visit))
            return;
        if (said.Message is not { } message)
        {
            await Handle(new SponsorInput.Left(said.Visit));
            return;
        }
        if (message.PairingRequest is { Port: > 0 and <= IPEndPoint.MaxPort } request)
            visit.At = new IPEndPoint(visit.Remote.Address, (int)request.Port);
        await Handle(new SponsorInput.Heard(said.Visit, message));
        if (_visits.ContainsKey(said.Visit))
            Hear(said.Visit, visit.Line);
    }

    private Task Handle(SponsorInput input) => Sponsor() is { } sponsor ? CarryOut(_machine.Handle(input, sponsor, Now), sponsor) : Task.CompletedTask;

    private async Task CarryOut(IReadOnlyList<SponsorEffect> effects, PairingSponsor sponsor)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case SponsorEffect.Send send:
                    _visits[send.Visit].Line.Send(send.Message);
                    break;
                case SponsorEffect.Compare compare:
                    Timers.StartSingleTimer(compare.Visit, new VisitOverdue(compare.Visit), JoinMachine.PersonDeadline + VisitPatience);
                    _visits[compare.Visit].Comparison = Compare(isSponsor: true, compare.Introduction, compare.Code, compare.IsAsked);
                    _visits[compare.Visit].Answer(new InviteOutcome.Invited(compare.Token));
                    break;
                case SponsorEffect.Spend spend:
                    await CarryOut(_machine.Handle(new SponsorInput.Spent(spend.Visit, await Spent(spend)), sponsor, Now), sponsor);
                    break;
                case SponsorEffect.Paired paired:
                    _log.Info("Paired {0} ({1}) until {2:u}", paired.Provisional.Name, paired.Provisional.DeviceId, paired.Provisional.ExpiresAt);
                    EndComparison(_visits[paired.Visit].Comparison, new ComparisonState.Paired(paired.Provisional));
                    _context.Events.Publish(new PairingEvents.Paired(paired.Provisional, _visits[paired.Visit].At));
                    break;
                case SponsorEffect.Refused refused:
                    _log.Warning("{0} ({1}) asked to be paired, and was refused: {2}", refused.Introduction.Name, refused.Introduction.DeviceId, refused.Refusal.Detail);
                    EndComparison(_visits[refused.Visit].Comparison, new ComparisonState.Refused(refused.Refusal.Detail));
                    _visits[refused.Visit].Answer(new InviteOutcome.Refused(refused.Refusal));
                    _context.Events.Publish(new PairingEvents.PairingRefused(refused.Introduction.DeviceId, refused.Introduction.Name, refused.Refusal));
                    break;
                case SponsorEffect.End end:
                    End(end);
                    break;
                default:
                    throw new InvalidOperationException($"No such effect of a visit: {effect.GetType()}");
            }
        }
    }

    private void End(SponsorEffect.End end)
    {
        Timers.Cancel(end.Visit);
        _visits.Remove(end.Visit, out var visit);
        visit!.Answer(new InviteOutcome.NotFound($"{visit.Introduction.Name} did not answer to the offer."));
        if (end.Message is { } answer)
            visit.Line.Send(new Control { PairingAnswer = answer });
        visit.Line.End(Context.System.Scheduler);
    }

    private async Task<SpendOutcome> Spent(SponsorEffect.Spend spend)
    {
        try
        {
            return await _context.Workers.Run(() => _database.Pairing.Spend(spend.Nonce, spend.Provisional, _context.Now));
        }
        catch (StorageException error)
        {
            return new SpendOutcome.NotStored(error.Message);
        }
    }
}
