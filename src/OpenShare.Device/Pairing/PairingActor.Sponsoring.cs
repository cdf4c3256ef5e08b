using System.Net;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Pairing;

/// <summary>Where this device pairs another.</summary>
internal sealed partial class PairingActor
{
    private sealed record Asked(int Visit, PairingRequest? Request) : INoSerializationVerificationNeeded;

    private sealed record VisitOverdue(int Visit);

    private const int MostVisits = 8;
    private static readonly TimeSpan VisitPatience = TimeSpan.FromSeconds(10);

    private readonly SponsorMachine _machine;
    private readonly Dictionary<int, PeerEvents.PairingOpened> _visits = [];
    private int _lastVisit;

    private void ReceiveSponsoring()
    {
        ReceiveAsync<PairingCommands.Invite>(OnInvite);
        Receive<PeerEvents.PairingOpened>(OnOpened);
        ReceiveAsync<Asked>(OnAsked);
        Receive<VisitOverdue>(m => Leave(m.Visit));
    }

    private PairingSponsor? Sponsor() => _identity is { } own
        ? new PairingSponsor(own.Key, own.Certificate, own.Chain, _revoked, own.DiscoveryKeys, own.Server, own.ServerTrust)
        : null;

    private async Task OnInvite(PairingCommands.Invite invite)
    {
        var asker = Sender;
        if (Sponsor() is not { } sponsor)
        {
            asker.Tell(new InviteOutcome.NotRegistered());
            return;
        }
        foreach (var effect in _machine.Handle(new SponsorInput.Invite(invite.Code, invite.Scope, invite.Addresses), sponsor, Now))
            asker.Tell(await Outcome(effect, sponsor));
    }

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

    private void OnOpened(PeerEvents.PairingOpened opened)
    {
        if (_visits.Count >= MostVisits)
        {
            opened.Stream.Dispose();
            return;
        }
        var number = ++_lastVisit;
        _visits.Add(number, opened);
        Timers.StartSingleTimer(number, new VisitOverdue(number), VisitPatience);
        PairingExchange.HearAsync(opened.Stream).PipeTo(Self, success: request => new Asked(number, request));
    }

    private async Task OnAsked(Asked asked)
    {
        if (!_visits.TryGetValue(asked.Visit, out var visit))
            return;
        if (asked.Request is not { } request || Sponsor() is not { } sponsor)
        {
            Leave(asked.Visit);
            return;
        }
        var at = request.Port is > 0 and <= IPEndPoint.MaxPort ? new IPEndPoint(visit.Remote.Address, (int)request.Port) : null;
        await CarryOut(_machine.Handle(new SponsorInput.Asked(asked.Visit, request.Token, visit.Introduction), sponsor, Now), sponsor, at);
    }

    private async Task CarryOut(IReadOnlyList<SponsorEffect> effects, PairingSponsor sponsor, IPEndPoint? at)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case SponsorEffect.Spend spend:
                    await CarryOut(_machine.Handle(new SponsorInput.Spent(spend.Visit, await Spent(spend)), sponsor, Now), sponsor, at);
                    break;
                case SponsorEffect.Paired paired:
                    _log.Info("Paired {0} ({1}) until {2:u}", paired.Provisional.Name, paired.Provisional.DeviceId, paired.Provisional.ExpiresAt);
                    _context.Events.Publish(new PairingEvents.Paired(paired.Provisional, at));
                    break;
                case SponsorEffect.Refused refused:
                    _log.Warning("{0} ({1}) asked to be paired, and was refused: {2}", refused.Introduction.Name, refused.Introduction.DeviceId, refused.Refusal.Detail);
                    _context.Events.Publish(new PairingEvents.PairingRefused(refused.Introduction.DeviceId, refused.Introduction.Name, refused.Refusal));
                    break;
                case SponsorEffect.Answer answer:
                    Timers.Cancel(answer.Visit);
                    _visits.Remove(answer.Visit, out var visit);
                    _ = PairingExchange.AnswerAsync(visit!.Stream, answer.Message, Context.System.Scheduler);
                    break;
                default:
                    throw new InvalidOperationException($"No such effect of a visit: {effect.GetType()}");
            }
        }
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

    private void Leave(int number)
    {
        Timers.Cancel(number);
        if (_visits.Remove(number, out var visit))
            visit.Stream.Dispose();
    }
}
