using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;

namespace OpenShare.Device.Transfers;

/// <summary>
/// A database without room. A session that could not note something has ended, and is made anew until it can: it did not fail, and is
/// never given up for it.
/// </summary>
internal sealed partial class TransfersActor
{
    // Transfers whose session is to be made anew, and why they wait, for a person.
    private readonly Dictionary<TransferKey, string> _noRoom = [];

    // How often in a row a disk was lost that had made nothing durable meanwhile: that one is there, and broken.
    private readonly Dictionary<TransferKey, int> _disksLost = [];

    // What workers still do for sessions that have ended.
    private readonly Dictionary<TransferKey, Task> _onDisk = [];

    // One order that cannot be kept is not to end every session.
    protected override bool AroundReceive(Receive receive, object message)
    {
        LookAgainAfter(message);
        try
        {
            return base.AroundReceive(receive, message);
        }
        catch (StorageFullException full)
        {
            _log.Warning("{0} is not kept: {1}", message.GetType().Name, full.Message);
            if (message is TransferCommands.CancelTransfer or TransferCommands.PauseTransfer or TransferCommands.AnswerOffer)
                Sender.Tell(new Status.Failure(full));
            return true;
        }
    }

    private void OnNoRoom(TransferSignals.NoRoom told)
    {
        if (_keys.TryGetValue(Sender, out var key))
            LetEnd(key, told.Reason);
    }

    private void OnStillOnDisk(TransferSignals.StillOnDisk told)
    {
        if (_keys.TryGetValue(Sender, out var key))
            _onDisk[key] = told.Work;
    }

    private void OnDiskLost(TransferSignals.DiskLost told)
    {
        if (!_keys.TryGetValue(Sender, out var key))
            return;
        LetEnd(key, told.Reason);
        _disksLost[key] = told.HasHeld ? 1 : _disksLost.GetValueOrDefault(key) + 1;
    }

    // From here on nothing is told it any more: what comes over the link is for the next, or is asked for again by that.
    private void LetEnd(TransferKey key, string reason)
    {
        _noRoom[key] = reason;
        Sender.Tell(new TransferSignals.End());
    }

    // Nor what a person orders: he is to order it again.
    private bool IsEnding(TransferKey key)
    {
        if (!_sessions.ContainsKey(key) || !_noRoom.TryGetValue(key, out var reason))
            return false;
        Sender.Tell(new Status.Failure(new StorageFullException(reason)));
        return true;
    }

    private void WaitForRoom(TransferNo no, TransferRecord record, string reason)
    {
        _noRoom[record.Key] = reason;
        _log.Warning("Transfer {0} waits: {1}", record.Key.Transfer, reason);
        Timers.StartSingleTimer(record.Key, new ReviveDue(record.Key), _context.TransferTuning.LongestDiskRetry);
        _context.Events.Publish(new TransferEvents.TransferChanged(ViewOf(no, record)));
    }

    // A new transfer is kept before it begins.
    private TransferNo? Add(TransferRecord record, out string reason)
    {
        try
        {
            reason = "";
            return _stores.Transfers.Add(record);
        }
        catch (StorageFullException full)
        {
            reason = full.Message;
            return null;
        }
    }
}
