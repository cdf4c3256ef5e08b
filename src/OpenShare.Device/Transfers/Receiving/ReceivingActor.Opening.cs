using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transfers.Contents;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>
/// What an earlier process left is opened, and where that finds no room for its notes or its files, or not the disk that it is on, it
/// waits, as all that is received does for room. Nothing is decided meanwhile: the sender is told why, and only its last question is kept.
/// </summary>
internal sealed partial class ReceivingActor
{
    private sealed record OpenAgain;

    // Why it cannot be opened now.
    private string? _opensNot;
    private TimeSpan _openPause;

    // Said while it is opened, which takes as long as it has to be read again for.
    private long _saidEarly;
    private bool _isGivenUp;

    private void Open()
    {
        var (scope, key) = (Scope, _senderKey!);
        // By whoever did it, at once: a simulation has no other thread.
        _opening = scope.Before.IsCompleted ? Run() : scope.Before.ContinueWith(_ => Run(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Unwrap();
        _opening.PipeTo(
            Self,
            failure: error => new Opened(new DiskResult<Arrival>(new DiskResult(DiskProblem.Failed, error.Message))));

        Task<Opened> Run() => scope.Context.Workers.Run(() =>
        {
            try
            {
                return KeptTransfer.ReadEnded(scope, key) is { } ended ? new Opened(default, ended) : new Opened(Arrival.Open(scope, key));
            }
            catch (DiskFault fault)
            {
                return new Opened(new DiskResult<Arrival>(fault.Result));
            }
            catch (StorageFullException full)
            {
                return new Opened(new DiskResult<Arrival>(new DiskResult(DiskProblem.Full, full.Message)));
            }
        });
    }

    private void OnOpened(Opened opened)
    {
        if (_machine is not null)
        {
            opened.Arrival.Value?.Destination.Dispose();
            return;
        }
        // What was not accepted yet is not begun without room.
        if (opened.Arrival.Problem is DiskProblem.Full or DiskProblem.ReadOnly or DiskProblem.Lost or DiskProblem.Away && _isAccepted && !_isGivenUp)
        {
            WaitToOpen(opened.Arrival.Detail);
            return;
        }
        var waited = _opensNot is not null;
        _opensNot = null;
        var setup = new ReceiverSetup(Id, Peer, _senderKey!, Scope.Identity.Key, Scope.Identity.Certificate, Scope.Context.TransferTuning) { Limit = _limit };
        _arrival = opened.Arrival.Value;
        BeginIn(_arrival);
        _reuse = _arrival is null ? null : new ChunkReuse(_contents, _arrival.Destination, _arrival.Standing);
        _machine = (opened.Ended ?? _arrival?.Kept) is { } kept ? ReceiverMachine.Restore(setup, kept) : new ReceiverMachine(setup);
        OweRoom();
        SyncSoon(_arrival);
        Drive(new ReceiverInput.Started());
        Drive(new ReceiverInput.PauseOrdered(Scope.Record.IsPaused));
        if (Link is not null)
            Drive(new ReceiverInput.LinkUp(SpeaksFirst: Scope.IsMadeAnew || _saidEarly > Backlog.Most));
        // What it asked for while it was told to wait is answered below.
        if ((waited || Scope.IsMadeAnew) && !_isGivenUp)
            Send(TransferMessages.Stalled(Id, detail: null));
        if (!opened.Arrival.IsDone && !_isGivenUp)
            Fail(opened.Arrival.Detail);
        foreach (var input in _early.ToList())
        {
            if (input is ReceiverInput early)
                Drive(early);
            else if (input is ReceivingStreamActor.FrameArrived frame)
                OnFrameArrived(frame);
            else if (input is EarlyAnswer answer)
                OnAnswer(answer.IsAccepted, answer.SaveTo, answer.Asker);
            else if (input is EarlyCancel cancel)
                OnEarlyCancel(cancel.Asker);
        }
        _early.Clear();
        Timers.Cancel(nameof(CancelAnswerDue));
        ShowView();
    }

    private void OnEarlyCancel(IActorRef asker)
    {
        Drive(s_cancelledHere);
        asker.Tell(new TransferAnswer(CurrentView()));
    }

    // What has to be read again may be much.
    private void AnswerEarlyCancels()
    {
        foreach (var cancel in _early.OfType<EarlyCancel>())
            cancel.Asker.Tell(new TransferAnswer(CurrentView()));
    }

    // Kept with the state that says that it is accepted: from then on it goes on there and nowhere else.
    private void BeginIn(Arrival? arrival)
    {
        if (arrival is not null)
            Scope = Scope with { Record = Scope.Record with { BegunIn = arrival.Destination.Directory } };
    }

    private void WaitToOpen(string reason)
    {
        var (isNews, tuning) = (_opensNot is null, Scope.Context.TransferTuning);
        _opensNot = Protocol.Identity.Printable.Shorten(reason);
        _openPause = isNews || _openPause == default ? tuning.DiskRetry : TimeSpan.FromTicks(Math.Min(2 * _openPause.Ticks, tuning.LongestDiskRetry.Ticks));
        Timers.StartSingleTimer("open", new OpenAgain(), _openPause);
        if (!isNews)
            return;
        Send(TransferMessages.Stalled(Id, _opensNot));
        ShowView();
        // Said while it was opened.
        if (_early.Any(e => e is EarlyCancel or ReceiverInput.Cancelled or ReceiverInput.LinkRefused or ReceiverInput.Received { Message.KindCase: Control.KindOneofCase.TransferCancelled }))
            GiveUpWaiting();
    }

    // An honest sender says no more than a few pages without an answer. Of one that does it is asked again what it said.
    private bool HasRoomFor(Control message)
    {
        if (_machine is not null)
            return true;
        _saidEarly += message.CalculateSize();
        if (_saidEarly <= Backlog.Most)
            return true;
        _early.RemoveAll(e => e is ReceiverInput.Received { Message.KindCase: not Control.KindOneofCase.TransferCancelled });
        return false;
    }

    private void HearWaiting(Control message)
    {
        if (message.KindCase is not (Control.KindOneofCase.TransferResumed or Control.KindOneofCase.TransferCancelled))
            return;
        _early.RemoveAll(e => e is ReceiverInput.Received);
        _early.Add(new ReceiverInput.Received(message));
        if (message.KindCase is Control.KindOneofCase.TransferCancelled)
            GiveUpWaiting();
    }

    // Its end needs no room.
    private void GiveUpWaiting()
    {
        if (_opensNot is null || _isGivenUp || _machine is not null)
            return;
        _isGivenUp = true;
        Timers.Cancel("open");
        Self.Tell(new Opened(new DiskResult<Arrival>(new DiskResult(DiskProblem.Full, _opensNot))));
    }

    // It is not to ask again and again meanwhile; the session that is made anew takes it back. Once there is a receipt none may be made, and it is to ask.
    protected override void OnMadeAnew(string reason)
    {
        if (_machine is not { State: >= ReceiverState.Delivering })
            Send(TransferMessages.Stalled(Id, Protocol.Identity.Printable.Shorten(reason)));
    }

    // What came over it is of no use on another.
    private void ForgetLink() => Forget(_ => true, e => e is ReceiverInput.Received or ReceiverInput.StreamUp);

    // Whoever opened streams and closed them again would fill the memory with what they brought.
    private void ForgetEarly(uint streamId) => Forget(f => f.StreamId == streamId, e => e is ReceiverInput.StreamUp up && up.Stream == streamId);

    private void Forget(Predicate<ReceivingStreamActor.FrameArrived> frames, Predicate<object> others) => _early.RemoveAll(e =>
    {
        if (e is not ReceivingStreamActor.FrameArrived frame)
            return others(e);
        if (!frames(frame))
            return false;
        frame.Frame.Dispose();
        return true;
    });
}
