using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Channel;
using OpenShare.Device.Discovery;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>Device ids that are announced at two places: whoever is there is challenged to prove that he is it.</summary>
internal sealed partial class PeersActor
{
    private sealed record Challenged(DeviceId Device, int Round, PeerPlace Place, HandshakeOutcome Outcome) : INoSerializationVerificationNeeded;

    private sealed record DuplicatesDue;

    private sealed record ResolveDue(DeviceId Device);

    /// <summary>Discovery has to have heard by then whoever is there: who is not announced is no proof of anything before.</summary>
    private static readonly TimeSpan BeforeResolving = TimeSpan.FromSeconds(3);

    private readonly Dictionary<DeviceId, List<IActorRef>> _resolving = [];
    private readonly HashSet<DeviceId> _linked = [];
    private readonly DuplicateCases _cases;

    private void OnDuplicate(DiscoveryEvents.DuplicateDevice duplicate)
    {
        var own = duplicate.DeviceId == _identity?.DeviceId ? new PlaceProof(duplicate.Places[0], _context.Instance) : null;
        CarryOut(_cases.HandleAnnounced(duplicate.DeviceId, duplicate.Places, own, _context.Steady));
    }

    private void OnResolveDuplicate(DeviceId device)
    {
        if (!_cases.Cloned.Contains(device))
        {
            Sender.Tell(new DuplicateResolution.NotDuplicate());
            return;
        }
        if (!_resolving.TryGetValue(device, out var askers))
            _resolving[device] = askers = [];
        askers.Add(Sender);
        if (askers.Count > 1)
            return;
        var wait = _begun + BeforeResolving - _context.Steady;
        if (wait > TimeSpan.Zero)
            Timers.StartSingleTimer(device, new ResolveDue(device), wait);
        else
            CarryOut(_cases.HandleResolve(device, _context.Steady));
    }

    private void OnChallenged(Challenged challenged)
    {
        if (challenged.Outcome is HandshakeOutcome.Open open)
        {
            _ = Party() is { } party ? Exchange(party, open) : Goodbye.EndAsync(open.Control, Context.System.Scheduler);
            Know(open.Result.Peer, open.Remote, isDialled: true);
        }
        CarryOut(_cases.HandleAnswered(challenged.Device, challenged.Round, challenged.Place, ProofIn(challenged), _context.Steady));
    }

    // Whoever refuses us after its own proof, or is refused after it, holds the key as well.
    private static InstanceId? ProofIn(Challenged challenged) => challenged.Outcome switch
    {
        HandshakeOutcome.Open open => open.Result.PeerInstance,
        HandshakeOutcome.Failed { Failure: HandshakeFailure.Refused { IsKeyProven: true } refused } when refused.Certificate?.DeviceId == challenged.Device => refused.Instance,
        HandshakeOutcome.Failed { Failure: HandshakeFailure.RefusedByPeer { By: { } by } refused } when by.DeviceId == challenged.Device => refused.Instance,
        _ => null,
    };

    private void CarryOut(IReadOnlyList<DuplicateEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case DuplicateEffect.Challenge challenge:
                    Challenge(challenge);
                    break;
                case DuplicateEffect.Forged forged:
                    _log.Warning("Somebody announces itself as {0} at {1} and cannot prove it", forged.Device, string.Join(", ", forged.Places.Select(p => $"{p.Host}:{p.Port}")));
                    _context.Events.Publish(new PeerEvents.PlacesForged(forged.Device, NameOf(forged.Device), forged.Places, forged.Until));
                    break;
                case DuplicateEffect.Cloned cloned:
                    _log.Warning("The key of {0} is in two places", cloned.Device);
                    _directory.Cloned(cloned.Device);
                    _context.Events.Publish(new PeerEvents.DeviceCloned(cloned.Device, NameOf(cloned.Device), cloned.Places));
                    Answer(cloned.Device, new DuplicateResolution.StillCloned(cloned.Places));
                    break;
                case DuplicateEffect.Unresolved unresolved:
                    Answer(unresolved.Device, new DuplicateResolution.NobodyReached(unresolved.Places));
                    break;
                case DuplicateEffect.Settled settled:
                    _directory.Settled(settled.Device);
                    _context.Events.Publish(new PeerEvents.DuplicateSettled(settled.Device));
                    Answer(settled.Device, new DuplicateResolution.Resolved());
                    break;
            }
        }
        JudgeDuplicates();
        if (_cases.NextTimeout is { } due && due < DateTimeOffset.MaxValue)
            Timers.StartSingleTimer(nameof(DuplicatesDue), new DuplicatesDue(), due > _context.Steady ? due - _context.Steady : TimeSpan.Zero);
        else
            Timers.Cancel(nameof(DuplicatesDue));
    }

    private void Challenge(DuplicateEffect.Challenge challenge)
    {
        if (Party() is not { } party)
            return;
        Context.ActorOf(
            DialActor.Props(
                _context, party with { Duplicates = ImmutableHashSet<DeviceId>.Empty, Suspected = ImmutableHashSet<DeviceId>.Empty }, AddressOrder.BestFirst([.. challenge.Place.EndPoints]), challenge.Device,
                Authentication.Types.Purpose.Probe, outcome => new Challenged(challenge.Device, challenge.Round, challenge.Place, outcome)),
            $"challenge-{++_started}");
    }

    // A link that is open is a proof of its own: an announcement alone does not end it.
    private void JudgeDuplicates()
    {
        ImmutableHashSet<DeviceId> cloned = [.. _cases.Cloned];
        ImmutableHashSet<DeviceId> suspected = [.. _cases.Suspected.Where(d => !_linked.Contains(d))];
        if (cloned.SetEquals(_duplicates) && suspected.SetEquals(_suspected))
            return;
        (_duplicates, _suspected) = (cloned, suspected);
        TellParty();
    }

    private void Answer(DeviceId device, DuplicateResolution resolution)
    {
        if (_resolving.Remove(device, out var askers))
            askers.ForEach(a => a.Tell(resolution));
    }

    private string NameOf(DeviceId device) => device == _identity?.DeviceId ? _identity.Certificate.Name : _directory.NameOf(device) ?? device.ToString();
}
