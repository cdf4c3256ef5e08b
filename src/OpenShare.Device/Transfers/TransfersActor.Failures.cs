using Akka.Event;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Transfer;

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
        var failed = record with
        {
            State = TransferState.Failed,
            Problem = TransferProblem.Failed,
            UpdatedAt = _context.Now,
            Detail = "This transfer failed again and again; the agent's log says why. Send the files again.",
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
        _failures.Remove(record.Key);
        _log.Error("The session of transfer {0} failed {1} times and is given up", record.Key.Transfer, failures);
        ForgetText(failed);
        _context.Events.Publish(new TransferEvents.TransferChanged(ViewOf(no, failed)));
        SayLastWord(no, failed);
    }

    // A receiver is told, and would wait for ever. Over, it fails once more at most.
    private void SayLastWord(TransferNo no, TransferRecord record)
    {
        if (record.OwesWord && _identity is not null)
            Start(no, record);
    }

    private void Revive(TransferKey key)
    {
        if (!_sessions.ContainsKey(key) && _stores.Transfers.Find(key) is var (no, record) && !record.IsOver)
            Start(no, record);
    }

    private void Forget(TransferKey key)
    {
        _failures.Remove(key);
        _noRoom.Remove(key);
    }
}
