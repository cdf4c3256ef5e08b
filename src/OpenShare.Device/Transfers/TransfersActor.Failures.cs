using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Transfers;

/// <summary>Sessions that failed: made anew after a pause, and given up when that helps no more.</summary>
internal sealed partial class TransfersActor
{
    private void OnSessionFailed(TransferNo no, TransferRecord record)
    {
        var failures = _failures[record.Key] = _failures.GetValueOrDefault(record.Key) + 1;
        if (failures < _limit.Max)
        {
            var pause = new RetryDelay(_limit.First, _limit.Longest).After(failures, _context.Random);
            _log.Warning("The session of transfer {0} failed; it goes on in {1:0.0} s", record.Key.Transfer, pause.TotalSeconds);
            Timers.StartSingleTimer(record.Key, new ReviveDue(record.Key), pause);
            return;
        }
        GiveUp(no, record, "This transfer failed again and again; the agent's log says why. Send the files again.");
    }

    private void GiveUp(TransferNo no, TransferRecord record, string reason)
    {
        var failed = record with
        {
            State = TransferState.Failed,
            Problem = TransferProblem.Failed,
            UpdatedAt = _context.Now,
            Detail = reason,
            OwesWord = record.Key.Direction == TransferDirection.Sending,
        };
        try
        {
            _stores.Transfers.Update(no, failed);
        }
        catch (StorageFullException full)
        {
            WaitForRoom(no, record, full.Message);
            return;
        }
        Forget(record.Key);
        _log.Error("Transfer {0} is given up: {1}", record.Key.Transfer, reason);
        _context.Events.Publish(new TransferEvents.TransferChanged(ViewOf(no, failed)));
        EndWithoutSession(no, failed);
    }

    // The other side is told, which may be waiting and would for ever: a sender by the link that there is, or when it asks on the next.
    // Over, a session fails once more at most.
    private void EndWithoutSession(TransferNo no, TransferRecord record)
    {
        _context.Metrics.Ended(record.Key.Direction, record.State);
        var isReceiving = record.Key.Direction == TransferDirection.Receiving;
        if (isReceiving)
            Discard(no, record);
        else
            ForgetText(record);
        if (_identity is not null && (isReceiving ? _links.ContainsKey(record.Key.Peer) : record.OwesWord && GoesOn(TransferDirection.Sending)))
            Start(no, record);
        else
            ReleaseUnlessWanted(record.Key.Peer);
    }

    private void Revive(TransferKey key)
    {
        if (_sessions.ContainsKey(key) || _stores.Transfers.Find(key) is not var (no, record) || record.IsOver)
            return;
        // Without a link it could open nothing, and would hear nothing; the next one starts it.
        if (key.Direction == TransferDirection.Receiving && !_links.ContainsKey(key.Peer))
        {
            _peers.Tell(new PeerCommands.Connect(key.Peer));
            return;
        }
        Start(no, record);
    }

    private void Forget(TransferKey key)
    {
        _failures.Remove(key);
        _noRoom.Remove(key);
        _disksLost.Remove(key);
        _onDisk.Remove(key);
    }
}
