using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>Dialling the peer for a link, and probing it to learn whether it may be trusted.</summary>
internal sealed partial class PeerActor
{
    private sealed record Dialled(int Attempt, HandshakeOutcome Outcome) : INoSerializationVerificationNeeded;

    private sealed record Probed(int Probe, HandshakeOutcome Outcome) : INoSerializationVerificationNeeded;

    private sealed record DialDue;

    // A refusal that anybody at that address may have caused gives up no transfer with a peer that has proven itself before: whoever
    // announces it at his own place could end it so. With one that never has it does, where it comes again and again.
    private const int MostUnprovenRefusals = 3;

    private int _unprovenRefusals;
    private bool _isKnown;

    private void OnSighted(ImmutableArray<IPEndPoint> addresses)
    {
        OnAddresses(addresses);
        // A peer whose address changed would be missed for long: what is sent to where it was comes to nothing, without a word.
        if (_link is { } link && !addresses.Any(a => a.Address.Equals(link.Remote.Address)))
            DoubtLink(link);
    }

    private void DoubtLink(Link link)
    {
        link.Liveness.Doubt(_context.Steady);
        link.ForgetUnhandled();
        link.Send(new Control { Ping = new Ping() });
        ScheduleLiveness();
    }

    private void OnAddresses(ImmutableArray<IPEndPoint> addresses)
    {
        _addresses = AddressOrder.BestFirst(addresses);
        DialIf(_dial.Sighted(_context.Steady));
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
        if (_dialling is not null)
            Context.Stop(_dialling);
        var attempt = _attempt;
        _dialling = Context.ActorOf(
            DialActor.Props(_context, _party, _addresses, _device, Authentication.Types.Purpose.Link, outcome => new Dialled(attempt, outcome)),
            $"dial-{attempt}");
    }

    // After an outage both sides dial. What is under way when the other's dial made the link could win the election in the
    // middle of a transfer that goes on already, and take its streams from it.
    private void GiveUpDial()
    {
        if (_dialling is not { } dialling)
            return;
        dialling.Tell(new DialActor.GiveUp());
        // That it came to nothing is nobody's news.
        _attempt++;
    }

    private void OnDialDue()
    {
        DialIf(_dial.HandleTimeout(_context.Steady));
        // A timer that is a little early must not have been the last.
        ScheduleDial();
    }

    private void OnDialled(Dialled dialled)
    {
        if (Sender.Equals(_dialling))
            _dialling = null;
        var problem = dialled.Outcome is HandshakeOutcome.Open open ? OnOpen(open) : ProblemOf(dialled.Outcome);
        if (problem is not null && dialled.Attempt == _attempt)
            DialFailed(problem);
    }

    private void DialFailed(LinkProblem problem)
    {
        _unprovenRefusals = problem is { IsWorthRetrying: false, IsProven: false } ? _unprovenRefusals + 1 : 0;
        // Refused as who it was, or as who the peer was: what either is now is not known there yet.
        var isOutdated = _dial.IsOutdated;
        var willRetry = _dial.DialFailed(
            problem.IsWorthRetrying || (!problem.IsProven && (_isKnown || _unprovenRefusals < MostUnprovenRefusals)), _context.Steady);
        ScheduleDial();
        // While a link is open a second dial that came to nothing is nobody's news.
        if (_link is not null)
            return;
        if (problem.IsWorthRetrying)
            Context.Parent.Tell(new PeerSignals.NotReached(_device));
        else if (!isOutdated)
            Context.Parent.Tell(new PeerSignals.Refused(_device, problem));
        _context.Events.Publish(new PeerEvents.LinkFailed(_device, problem, willRetry));
    }

    private LinkProblem ProblemOf(HandshakeOutcome outcome) => outcome switch
    {
        HandshakeOutcome.Failed failed => LinkProblems.From(failed.Failure, _device),
        HandshakeOutcome.Unreachable unreachable => LinkProblems.Unreachable(unreachable.Detail),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome.GetType(), "An open link is no problem."),
    };

    private void OnProbe()
    {
        if (_party is null || _link is not null || _addresses.IsEmpty || _isStopping)
            return;
        if (_probing is not null)
            Context.Stop(_probing);
        var probe = ++_probes;
        _probing = Context.ActorOf(
            DialActor.Props(_context, _party, _addresses, _device, Authentication.Types.Purpose.Probe, outcome => new Probed(probe, outcome)),
            $"probe-{probe}");
    }

    private void OnProbed(Probed probed)
    {
        if (probed.Probe == _probes)
            _probing = null;
        if (probed.Outcome is HandshakeOutcome.Open open)
        {
            Context.Parent.Tell(new PeerSignals.Proven(open.Result.Peer, open.Remote, IsDialled: true));
            Exchange(open);
            return;
        }
        if (ProblemOf(probed.Outcome) is { IsWorthRetrying: false } problem)
            Context.Parent.Tell(new PeerSignals.Refused(_device, problem));
        Context.Parent.Tell(new PeerSignals.ProbeFailed(_device));
    }

    private void Exchange(HandshakeOutcome.Open open)
    {
        if (_party is null || _isStopping)
        {
            open.Control.Dispose();
            return;
        }
        _ = new ProbeRunner(_context, _party).ExchangeAsync(open, Context.System.Scheduler, _stop.Token);
    }
}
