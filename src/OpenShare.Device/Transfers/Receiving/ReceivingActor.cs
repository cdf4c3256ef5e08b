using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;
using ChunkMap = OpenShare.Protocol.Transfer.Chunks.ChunkMap;
using Outcome = OpenShare.Protocol.Wire.EntryOutcome.Types.Outcome;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>
/// One transfer that is received: carries out what <see cref="ReceiverMachine"/> decides. Disk work runs on workers:
/// frames side by side, and one other job at a time; what ends a transfer only while no frame is being written.
/// </summary>
internal sealed partial class ReceivingActor : TransferSession
{
    /// <param name="Ended">what is kept of it, where it is over: then there is no arrival</param>
    private sealed record Opened(DiskResult<Arrival> Arrival, ReceiverRecord? Ended = null) : INoSerializationVerificationNeeded;

    private sealed record Decided(string? Refusal);

    /// <param name="Asker">of whom it is answered once it is open, or after a while</param>
    private sealed record EarlyCancel(IActorRef Asker);

    private sealed record CancelAnswerDue;

    private static readonly TimeSpan s_longestCancel = TimeSpan.FromSeconds(5);

    private static readonly ReceiverInput s_cancelledHere = new ReceiverInput.Cancelled("cancelled on the receiving device");

    private readonly Dictionary<uint, InboundFrame> _waiting = [];
    private readonly Queue<(Func<Action> Job, bool BesideFrames)> _diskJobs = new();
    private readonly List<object> _early = [];
    private readonly ChunkMap _unsyncedFiles = new();
    private readonly Dictionary<uint, ReceivingStreamActor.FrameArrived> _parked = [];
    private readonly CancellationTokenSource _over = new();
    private Arrival? _arrival;
    private ReceiverMachine? _machine;
    private PublicKey? _senderKey;
    private OfferLimit? _limit;
    private string? _failure;
    private Task<Opened>? _opening;
    private Task _sync = Task.CompletedTask;
    private Task _job = Task.CompletedTask;
    private bool _diskBusy;
    private bool _syncing;
    private int _writing;
    private long _unsyncedBytes;

    public ReceivingActor(TransferScope scope) : base(scope)
    {
        // Accepted by a process before this one, whether or not its file list was stored by then.
        _isAccepted = scope.Record.IsAccepted;
        Receive<Opened>(OnOpened);
        Receive<ReceivingStreamActor.FrameArrived>(OnFrameArrived);
        Receive<FrameWritten>(m => OnFrameWritten(m.Result));
        Receive<DiskJobDone>(OnDiskJobDone);
        Receive<Synced>(OnSynced);
        Receive<TransferSignals.Answer>(m => OnAnswer(m.IsAccepted, m.SaveTo, Sender));
        Receive<PersonAsked>(_ => OnPersonAsked());
        Receive<Decided>(m => Drive(new ReceiverInput.Decided(m.Refusal)));
        Receive<LookedAt>(m => OnLookedAt(m.Look));
        Receive<LookFailed>(m => FailOf(m.Error));
        Receive<TransferSignals.RoomPromised>(_ => OnRoomPromised());
        Receive<TransferSignals.RoomRefused>(m => OnRoomRefused(m.Reason));
        Receive<CheckpointDue>(_ => Checkpoint());
        Receive<NoteAgain>(m => NoteWritten(m.Result));
        Receive<Moved>(m => OnMoved(m.Arrival));
        Receive<OpenAgain>(_ => Open());
        Receive<CancelAnswerDue>(_ => AnswerEarlyCancels());
        Receive<NothingWaits>(_ => Drive(new ReceiverInput.DiskFreed()));
    }

    internal static Props Props(TransferScope scope) => Akka.Actor.Props.Create(() => new ReceivingActor(scope));

    protected override void PostStop()
    {
        DropFrames();
        _over.Cancel();
        AnswerEarlyCancels();
        // The next session waits for it, whatever became of this one.
        if (Task.WhenAll(Scope.Before, _sync, _job) is { IsCompleted: false } work)
            Context.Parent.Tell(new TransferSignals.StillOnDisk(work));
        CloseUnseen(_moving, moved => moved);
        if (_arrival is not null)
            _arrival.Destination.Dispose();
        else
            CloseUnseen(_opening, opened => opened.Arrival);
    }

    // Opened for a session that has ended meanwhile.
    private static void CloseUnseen<T>(Task<T>? opening, Func<T, DiskResult<Arrival>> arrival) => opening?.ContinueWith(
        t => arrival(t.Result).Value?.Destination.Dispose(),
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.OnlyOnRanToCompletion,
        TaskScheduler.Default);

    protected override Props StreamProps(TransferSignals.StreamReady ready) => ReceivingStreamActor.Props(ready.StreamId, ready.Stream);

    protected override bool IsSettled => _machine is { IsSettled: true } && _diskJobs.Count == 0 && !_diskBusy;

    protected override void OnLinked(DeviceCertificate certificate)
    {
        if (_machine is not null)
        {
            Drive(new ReceiverInput.LinkUp());
            return;
        }
        if (_opensNot is { } reason)
            Send(TransferMessages.Stalled(Id, reason));
        // Said before this link, while it was opened.
        _early.RemoveAll(e => e is ReceiverInput.LinkRefused);
        if (_opening is not null)
            return;
        // The sender's key is in its certificate, so what was kept is read when it is first there.
        _senderKey = certificate.PublicKey;
        _limit = Scope.LimitFor(certificate);
        _contents = Scope.ContentsFor(certificate);
        Open();
    }

    protected override void OnUnlinked()
    {
        DropFrames();
        if (_machine is not null)
            Drive(new ReceiverInput.LinkLost());
        else
            ForgetLink();
    }

    private void DropFrames()
    {
        foreach (var frame in _waiting.Values.Concat(_parked.Values.Select(p => p.Frame)))
            frame.Dispose();
        _waiting.Clear();
        _parked.Clear();
        DropUnwritten();
    }

    protected override void OnLinkRefused(LinkProblem problem)
    {
        if (_machine is not { IsOver: true } && TransfersActor.Passes(problem))
            return;
        DriveWhenOpen(new ReceiverInput.LinkRefused(problem.Detail));
        GiveUpWaiting();
    }

    protected override void OnControl(Control message)
    {
        if (_opensNot is null && HasRoomFor(message))
            DriveWhenOpen(new ReceiverInput.Received(message));
        else
            HearWaiting(message);
    }

    protected override void OnReceiptKept() => Drive(new ReceiverInput.ReceiptStored());

    protected override void OnStreamUp(uint streamId) => DriveWhenOpen(new ReceiverInput.StreamUp(streamId));

    protected override void OnStreamDown(uint streamId)
    {
        if (_waiting.Remove(streamId, out var frame))
            frame.Dispose();
        if (_parked.Remove(streamId, out var parked))
            parked.Frame.Dispose();
        DropUnwritten(streamId);
        if (_machine is null)
            ForgetEarly(streamId);
        else
            Drive(new ReceiverInput.StreamDown(streamId));
    }

    protected override bool OnCancel(IActorRef asker)
    {
        if (_machine is not null || _opening is null)
        {
            DriveWhenOpen(s_cancelledHere);
            return true;
        }
        // What comes of it is known once it is open: a receipt may be there.
        _early.Add(new EarlyCancel(asker));
        Timers.StartSingleTimer(nameof(CancelAnswerDue), new CancelAnswerDue(), s_longestCancel);
        GiveUpWaiting();
        return false;
    }

    protected override void OnPause(bool isPaused)
    {
        // Noted first: the sender would be told of what the next session knows nothing of.
        Scope.Stores.Transfers.Update(Scope.No, Record(State()) with { IsPaused = isPaused && _machine is not { IsOver: true } });
        DriveWhenOpen(new ReceiverInput.PauseOrdered(isPaused));
    }

    protected override void OnTimedOut() => DriveWhenOpen(new ReceiverInput.TimedOut());

    private void DriveWhenOpen(ReceiverInput input)
    {
        if (_machine is null)
            _early.Add(input);
        else
            Drive(input);
    }

    private void Drive(ReceiverInput input)
    {
        foreach (var effect in _machine!.Handle(input, Now))
            CarryOut(effect);
        Schedule(_machine.NextTimeout, Now);
        ShowProgress();
        SettleWhenOver();
    }

    private void SettleWhenOver()
    {
        if (!IsSettled)
            return;
        if (_machine!.State == ReceiverState.Completed)
            Scope.Stores.Transfers.DropWorkingState(Scope.No);
        Context.Parent.Tell(new TransferSignals.Settled());
    }

    private void Fail(string reason)
    {
        _failure ??= reason;
        Drive(new ReceiverInput.Failed(reason));
    }

    private void CarryOut(ReceiverEffect effect)
    {
        switch (effect)
        {
            case ReceiverEffect.SendControl send:
                Send(send.Message);
                break;
            case ReceiverEffect.Decide decide:
                Decide();
                break;
            case ReceiverEffect.PersistPage persist:
                OnPage(persist.Page, persist.Blob);
                break;
            case ReceiverEffect.ReceiveFrame receive:
                WriteFrame((uint)receive.Stream, receive.Chunks);
                break;
            case ReceiverEffect.PersistWithdrawal withdrawal:
                SaveOutcome(withdrawal.EntryNumber, Outcome.Withdrawn, withdrawal.Reason);
                RemoveEntry(withdrawal.EntryNumber);
                UseRoom(_arrival!.Unwritten.Drop(withdrawal.EntryNumber));
                break;
            case ReceiverEffect.SettleEntries settle:
                Settle(settle.LeftOut);
                break;
            case ReceiverEffect.PlaceEntries place:
                DiskJob(() => Place(place.LeftOut));
                break;
            case ReceiverEffect.RetryDisk:
                RetryDisk();
                break;
            case ReceiverEffect.PersistReceipt persist:
                Scope.Stores.Receipts.Save(Scope.No, persist.Receipt, Record(StateWith(persist.Receipt)));
                NoteContents(_contents, Receipt.Read(persist.Receipt), _machine!.Manifest!, Places);
                LetGo();
                break;
            case ReceiverEffect.CloseStreams:
                CloseStreams();
                DropFrames();
                break;
            case ReceiverEffect.Discard:
                DiskJob(DiscardStaging);
                break;
            case ReceiverEffect.StateChanged changed:
                OnStateChanged(changed);
                break;
        }
    }
}
