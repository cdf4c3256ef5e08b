using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Channel;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers;

/// <summary>What comes over a link: for the session it belongs to, or the beginning of a new one.</summary>
internal sealed partial class TransfersActor
{
    private readonly EarlyStreams _early;

    private void OnControlReceived(PeerEvents.ControlReceived received)
    {
        IActorRef? session = null;
        try
        {
            session = SessionFor(received);
            session?.Tell(new TransferSignals.ControlArrived(received.Message, received.Handled));
        }
        finally
        {
            if (session is null)
                received.Handled?.Invoke();
        }
    }

    private IActorRef? SessionFor(PeerEvents.ControlReceived received)
    {
        if (TransferMessages.TransferOf(received.Message) is not { } transfer)
            return null;
        var direction = TransferMessages.IsFromSender(received.Message) ? TransferDirection.Receiving : TransferDirection.Sending;
        var key = new TransferKey(direction, received.Device, transfer);
        // Each would wake the other, and answer, for ever.
        if (TransferMessages.IsLastWord(received.Message) && (EndedEarly(key) || EndedEarly(key with { Direction = TransferDirection.Receiving })))
            return null;
        if (direction == TransferDirection.Receiving && !GoesOn(direction) && !IsOver(key))
        {
            LeaveToTheAgent(received, transfer);
            return null;
        }
        // One that waits to be made anew does so as long as it is to, and asks then; but it may be cancelled.
        if (direction == TransferDirection.Receiving && _noRoom.ContainsKey(key))
            return null;
        // Either side may cancel, and an ended transfer may be asked for its last word.
        return FindSession(key) ?? FindSession(key with { Direction = TransferDirection.Receiving })
            ?? (direction == TransferDirection.Receiving ? Begin(key, received) : null);
    }

    // The sender waits, and is told why; the link that the agent makes is another. Of what is new nothing is kept: it is offered anew on that one.
    private void LeaveToTheAgent(PeerEvents.ControlReceived received, TransferId transfer)
    {
        if (received.Message.KindCase is Control.KindOneofCase.ManifestOffer or Control.KindOneofCase.TransferResumed)
            _peers.Tell(new PeerCommands.SendControl(received.Device, received.Link, TransferMessages.Stalled(transfer, "No agent runs there: it goes on once one does.")));
    }

    /// <returns>null: nothing begins, and nothing is kept of it</returns>
    private IActorRef? Begin(TransferKey key, PeerEvents.ControlReceived received)
    {
        // Pages are signed by the key that the link was opened with.
        if (_identity is null || !_links.TryGetValue(received.Device, out var link) || link.Link != received.Link)
            return null;
        switch (FirstWord.Judge(received.Message, link.Certificate.PublicKey, received.Device, _identity.DeviceId))
        {
            case FirstWord.Opens when (TooMany(received.Device) ?? Unanswerable(received.Device)) is { } reason:
                _log.Warning("An offer of {0} is declined: {1}", received.Device, reason);
                _early.Drop(received.Device, key.Transfer);
                _peers.Tell(new PeerCommands.SendControl(received.Device, received.Link, TransferMessages.Declined(key.Transfer, reason)));
                return null;
            case FirstWord.Opens:
                var fresh = NewRecord(key, manifest: null, paths: [], _receiving.SaveToFor(link.Certificate), summary: "");
                return Start(_stores.Transfers.Add(fresh), fresh);
            case FirstWord.Early early:
                _peers.Tell(new PeerCommands.SendControl(received.Device, received.Link, early.Reply));
                return null;
            case FirstWord.Refused refused:
                _log.Warning("An offer of {0} is refused: {1}", received.Device, refused.Reason);
                _early.Drop(received.Device, key.Transfer);
                _peers.Tell(new PeerCommands.SendControl(received.Device, received.Link, refused.Reply));
                return null;
            default:
                return null;
        }
    }

    private void OnStreamOpened(PeerEvents.StreamOpened opened)
    {
        var key = new TransferKey(TransferDirection.Receiving, opened.Device, opened.Transfer);
        if (_noRoom.ContainsKey(key))
            _early.Add(opened);
        else if ((_sessions.GetValueOrDefault(key with { Direction = TransferDirection.Sending }) ?? _sessions.GetValueOrDefault(key)) is { } session)
            session.Tell(new TransferSignals.StreamReady(opened.StreamId, opened.Stream));
        else if (IsOver(key) || IsOver(key with { Direction = TransferDirection.Sending }) || !_links.TryGetValue(opened.Device, out var link) || link.Link != opened.Link)
            End(opened.Stream);
        else
            // The offer travels on another connection than the stream, and may come after it; and a session may be between two lives.
            _early.Add(opened);
    }

    private void End(SecureStream stream) => _ = Goodbye.EndAsync(stream, Context.System.Scheduler);

    private bool EndedEarly(TransferKey key) => !_sessions.ContainsKey(key) && _stores.Transfers.Find(key) is { Transfer.EndedEarly: true };

    private bool IsOver(TransferKey key) => _stores.Transfers.Find(key) is { Transfer.IsOver: true };

    private void HandOver(TransferKey key, IActorRef session)
    {
        foreach (var opened in _early.Take(key.Peer, key.Transfer))
            session.Tell(new TransferSignals.StreamReady(opened.StreamId, opened.Stream));
    }
}
