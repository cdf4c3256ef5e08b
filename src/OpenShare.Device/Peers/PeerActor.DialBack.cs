using System.Net;
using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>Asking the peer over the link whether it can connect to this device, and trying it where the peer asks.</summary>
internal sealed partial class PeerActor
{
    private sealed record DialledBack(int Attempt, HandshakeOutcome Outcome) : INoSerializationVerificationNeeded;

    private sealed record DialBackOverdue(int Attempt);

    private const int MostDialBackAskers = 8;

    private readonly DialBackGate _dialBackGate = new();
    private readonly Dictionary<ulong, IActorRef> _dialBackAskers = [];
    private IActorRef? _dialBack;
    private (Link Link, ulong Id)? _dialBackFor;
    private int _dialBacks;
    private ulong _dialBackQuestions;

    private void OnAskDialBack(PeerCommands.AskDialBack ask)
    {
        if (_link is not { } link)
        {
            Sender.Tell(DialBackOutcome.NoLink);
            return;
        }
        // Seen over the other family, it is not where this device listens: that is no news of a firewall.
        if (_dialBackAskers.Count >= MostDialBackAskers || (ask.Only is { } only && link.Remote.AddressFamily != only))
        {
            Sender.Tell(DialBackOutcome.Unknown);
            return;
        }
        _dialBackAskers.Add(++_dialBackQuestions, Sender);
        link.Send(new Control { DialBackWanted = new DialBackWanted { Id = _dialBackQuestions, Port = (uint)ask.Port } });
    }

    private void OnDialBackAnswer(DialBackAnswer answer)
    {
        if (_dialBackAskers.Remove(answer.Id, out var asker))
        {
            asker.Tell(answer.Outcome switch
            {
                DialBackAnswer.Types.Outcome.Reached => DialBackOutcome.Reached,
                DialBackAnswer.Types.Outcome.NotReached => DialBackOutcome.NotReached,
                _ => DialBackOutcome.NotTried,
            });
        }
    }

    private void ForgetDialBackAskers()
    {
        foreach (var asker in _dialBackAskers.Values)
            asker.Tell(DialBackOutcome.Unknown);
        _dialBackAskers.Clear();
    }

    // Only ever at the address where the peer is seen: nobody can be made to knock at a third. And not at this host itself, where a
    // forwarder makes a peer from elsewhere seem to be: behind a firewall there is more to knock at.
    private void OnDialBackWanted(Link link, DialBackWanted wanted)
    {
        if (wanted.Port is 0 or > IPEndPoint.MaxPort || _context.Transport.IsThisHost(link.Remote.Address) || _party is null || _isStopping || !_dialBackGate.TryBegin(_context.Steady))
        {
            link.Send(Answer(wanted.Id, DialBackAnswer.Types.Outcome.NotTried));
            return;
        }
        var attempt = ++_dialBacks;
        _dialBackFor = (link, wanted.Id);
        _dialBack = Context.ActorOf(
            DialActor.Props(
                _context, _party, [new IPEndPoint(link.Remote.Address, (int)wanted.Port)], _device, Authentication.Types.Purpose.Probe, outcome => new DialledBack(attempt, outcome)),
            $"dial-back-{attempt}");
        Timers.StartSingleTimer("dial back", new DialBackOverdue(attempt), DialBackGate.Patience);
    }

    private void OnDialledBack(DialledBack dialled)
    {
        if (dialled.Outcome is HandshakeOutcome.Open open)
            _ = Goodbye.EndAsync(open.Control, Context.System.Scheduler);
        // That nothing came of it is said when its time is over: how soon would tell a port that refuses from one that is silent.
        if (dialled.Outcome is HandshakeOutcome.Open)
            EndDialBack(dialled.Attempt, isReached: true);
    }

    private void EndDialBack(int attempt, bool isReached)
    {
        if (attempt != _dialBacks || _dialBackFor is not { } asked)
            return;
        Timers.Cancel("dial back");
        Context.Stop(_dialBack);
        (_dialBack, _dialBackFor) = (null, null);
        _dialBackGate.End();
        // On a link that has ended meanwhile it is said to nobody.
        asked.Link.Send(Answer(asked.Id, isReached ? DialBackAnswer.Types.Outcome.Reached : DialBackAnswer.Types.Outcome.NotReached));
    }

    private static Control Answer(ulong id, DialBackAnswer.Types.Outcome outcome) =>
        new() { DialBackAnswer = new DialBackAnswer { Id = id, Outcome = outcome } };
}
