using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Device.Views;

namespace OpenShare.Device.Transfers;

/// <summary>The disk's room, shared among the transfers that are received; and what earlier ones left lying in it.</summary>
internal sealed partial class TransfersActor
{
    private sealed record SweepDue;

    private sealed record Swept(IReadOnlyList<string> Problems);

    private static readonly TimeSpan s_sweepEvery = TimeSpan.FromDays(1);

    // A receiver that was putting the files in place when its sender cancelled sends its receipt nevertheless.
    private static readonly TimeSpan s_late = TimeSpan.FromDays(1);

    // Those that are over, with what is kept of them.
    private const int Kept = 10_000;

    // Ten lists of 100,000 files: all of the database is read when it is opened.
    private const long KeptListBytes = 128 * 1024 * 1024;

    private readonly RoomLedger _room = new();
    // What is being taken or written is told by then, unless nothing is.
    private static readonly TimeSpan s_untilRoomIsClear = TimeSpan.FromSeconds(5);

    private readonly List<(IActorRef Session, TransferSignals.RoomWanted Wanted, DateTimeOffset Since)> _waitingForRoom = [];

    private sealed record RoomDue;

    private void OnRoomWanted(TransferSignals.RoomWanted wanted)
    {
        if (Answer(Sender, wanted))
            return;
        _waitingForRoom.Add((Sender, wanted, _context.Steady));
        Timers.StartPeriodicTimer(nameof(RoomDue), new RoomDue(), s_untilRoomIsClear);
    }

    // Of one that waits and writes nothing, as its sender waits for room itself or all its frames are written, nothing more is told.
    private void OnRoomDue()
    {
        _waitingForRoom.RemoveAll(w => Answer(
            w.Session, _context.Steady - w.Since < s_untilRoomIsClear ? w.Wanted : w.Wanted with { Unlisted = long.MaxValue }));
        if (_waitingForRoom.Count == 0)
            Timers.Cancel(nameof(RoomDue));
    }

    /// <returns>false: it cannot be said now</returns>
    private bool Answer(IActorRef session, TransferSignals.RoomWanted wanted)
    {
        if (!_keys.TryGetValue(session, out var key))
            return true;
        var destination = wanted.Destination;
        switch (_room.Ask(key, destination.FileSystem, wanted.Bytes, destination.AvailableBytes, wanted.Unlisted))
        {
            case RoomAnswer.Promised:
                session.Tell(new TransferSignals.RoomPromised());
                return true;
            case RoomAnswer.Refused refused:
                session.Tell(new TransferSignals.RoomRefused(refused.Reason));
                return true;
            default:
                return false;
        }
    }

    private void ChangeRoom(Action<TransferKey> change)
    {
        // A session that has ended may be heard after its end, and its successor has the same key.
        if (!_keys.TryGetValue(Sender, out var key))
            return;
        change(key);
        var (session, now) = (Sender, _context.Steady);
        for (var i = 0; i < _waitingForRoom.Count; i++)
        {
            if (_waitingForRoom[i].Session.Equals(session))
                _waitingForRoom[i] = _waitingForRoom[i] with { Since = now };
        }
        AskAgain();
    }

    private void EndRoom(TransferKey key, IActorRef session)
    {
        _room.End(key);
        _waitingForRoom.RemoveAll(w => w.Session.Equals(session));
        AskAgain();
    }

    private void AskAgain() => _waitingForRoom.RemoveAll(w => Answer(w.Session, w.Wanted));

    private void Sweep()
    {
        var (disk, transfers, saveTo, now, receives) = (_disk, _stores.Transfers, _receiving.Directories.ToList(), _context.Now, GoesOn(TransferDirection.Receiving));
        _context.Workers.Run(() =>
        {
            transfers.DropWorkingState(now - s_late);
            transfers.Forget(allBut: Kept, KeptListBytes, now - s_late);
            return receives ? StagingSweep.Run(disk, transfers, saveTo, now) : [];
        }).PipeTo(
            Self, success: problems => new Swept(problems), failure: error => new Swept([error.Message]));
    }

    private void OnSwept(Swept swept)
    {
        foreach (var problem in swept.Problems)
            _log.Warning("What earlier transfers left behind cannot be removed: {0}", problem);
    }
}
