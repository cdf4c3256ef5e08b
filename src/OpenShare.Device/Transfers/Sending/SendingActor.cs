using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk.Sending;
using OpenShare.Device.Transfers.Telemetry;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Sending;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers.Sending;

/// <summary>
/// One transfer that is sent: carries out what <see cref="SenderMachine"/> decides, and has the manifest built beside
/// it. After a restart it goes on from what is kept.
/// </summary>
internal sealed partial class SendingActor : TransferSession
{
    private readonly KeptReads _source;
    private readonly ManifestId _manifestId;
    private readonly LeftOut _leftOut;
    private readonly LeftOut _skipped = new("");
    private readonly bool _wasDelivered;
    private readonly PeerTurns.Place _turns;
    private SenderMachine _machine;
    private string? _failure;
    private TransferProblem? _problem;
    private readonly SourceIdentities _identities;
    private readonly FrameTimes _times;
    private TransferProgress _told;
    private TransferRecord _kept;

    // Why there is no link, for a person, where that is in another's hands and passes; null: nothing is wrong with it.
    private string? _passes;

    public SendingActor(TransferScope scope) : base(scope)
    {
        _kept = scope.Record;
        _source = new KeptReads(scope.Disk.OpenSource(scope.Record.Paths));
        _manifestId = scope.Record.Manifest ?? throw new ArgumentException("A sending transfer has its manifest id from the start.", nameof(scope));
        _leftOut = new LeftOut(LeftOutOf(scope.Record));
        _wasDelivered = scope.Stores.Transfers.WasDelivered(scope.Key.Peer, scope.Record.Paths);
        _turns = scope.Turns.Join(scope.Key.Transfer, Self);
        _machine = new SenderMachine(Setup());
        _times = new FrameTimes(scope.Context);
        _identities = new SourceIdentities(scope.Stores.Manifests, scope.No);
        Receive<Fed>(m => OnFed(m.Batch));
        _choice = new CarrierChoice(scope.Context.Carriers, scope.Context.CarrierTuning);
        Receive<LookDue>(_ => OnLookDue());
        Receive<TransferSignals.TurnCame>(_ => Drive(new SenderInput.TurnCame()));
        Receive<SendingStreamActor.ChunkUnreadable>(m => Drive(new SenderInput.EntryChanged(m.EntryNumber, m.Reason)));
    }

    internal static Props Props(TransferScope scope) => Akka.Actor.Props.Create(() => new SendingActor(scope));

    protected override bool IsSettled => _machine.IsSettled;

    protected override void PreStart()
    {
        try
        {
            Restore();
        }
        catch (ProtocolException error)
        {
            _failure = error.Message;
            Drive(new SenderInput.Cancelled(error.Message));
            return;
        }
        Drive(new SenderInput.Started());
        Drive(new SenderInput.PauseOrdered(Scope.Record.IsPaused));
        FeedMore();
        ShowView();
    }

    protected override void PostStop()
    {
        _turns.Dispose();
        _feeder?.Dispose();
        _source.Dispose();
        _times.Forget();
    }

    protected override Props StreamProps(TransferSignals.StreamReady ready)
    {
        _open.Add(ready.StreamId, ready.Stream);
        return SendingStreamActor.Props(Scope.Context, _source, ready.StreamId, ready.Stream);
    }

    protected override void OnLinked(DeviceCertificate certificate)
    {
        _passes = null;
        BeginLooking();
        Drive(new SenderInput.LinkUp());
    }

    protected override void OnUnlinked()
    {
        _times.Forget();
        _open.Clear();
        Timers.Cancel("look");
        Drive(new SenderInput.LinkLost());
    }

    protected override void OnLinkRefused(LinkProblem problem)
    {
        var reason = problem.ByPeer ? $"The other device refuses this one: {problem.Detail}" : problem.Detail;
        if (_machine is { IsOver: false, IsOffered: true } && TransfersActor.Passes(problem))
        {
            _passes = reason;
            ShowView();
            return;
        }
        if (!_machine.IsOver)
        {
            _problem = problem.Refusal == LinkRefusal.NotRegistered ? TransferProblem.NotRegistered : TransferProblem.NotTrusted;
            _failure = reason;
        }
        Drive(new SenderInput.LinkRefused(reason));
    }

    protected override void OnNotReached() => _passes = null;

    protected override void OnControl(Control message)
    {
        if (message.KindCase == Control.KindOneofCase.ChunksAcknowledged)
            _times.Answered(message.ChunksAcknowledged);
        else if (message.KindCase == Control.KindOneofCase.ChunkRefused)
            ForgetHashes(message.ChunkRefused.Ordinal);
        Drive(new SenderInput.Received(message));
    }

    protected override void OnReceiptKept() => Drive(new SenderInput.ReceiptStored());

    protected override void OnStreamUp(uint streamId) => Drive(new SenderInput.StreamUp(streamId, _open[streamId].Carrier));

    protected override void OnStreamDown(uint streamId)
    {
        _open.Remove(streamId);
        Drive(new SenderInput.StreamDown(streamId));
    }

    protected override bool OnCancel(IActorRef asker)
    {
        Drive(new SenderInput.Cancelled("cancelled on the sending device"));
        return true;
    }

    protected override void OnPause(bool isPaused)
    {
        Drive(new SenderInput.PauseOrdered(isPaused));
        Keep();
    }

    protected override void OnTimedOut() => Drive(new SenderInput.TimedOut());

    private SenderSetup Setup() => new(
        Id, _manifestId, Scope.Identity.DeviceId, Peer, Scope.Identity.Key, Scope.Identity.Trust, Scope.Context.TransferTuning, Scope.Record.BytesPerSecond,
        AwaitsLists: _wasDelivered)
    {
        Turns = _turns,
    };

    private void Drive(SenderInput input)
    {
        foreach (var effect in _machine.Handle(input, Steady))
            CarryOut(effect);
        Schedule(_machine.NextTimeout, Steady);
        Count();
        FeedMore();
        ShowProgress();
        if (IsSettled)
            Settle();
    }

    private void Settle()
    {
        if (_kept.OwesWord)
            Keep();
        // One that was cancelled may have come too late for that, and a receipt for it may come still.
        if (_machine.State == SenderState.Completed)
            Scope.Stores.Transfers.DropWorkingState(Scope.No);
        Context.Parent.Tell(new TransferSignals.Settled());
    }

    // What the receiver had before the restart of this process was counted then, and what it took back is not taken back here.
    private void Count()
    {
        var (before, now) = (_told, _told = _machine.Progress);
        if (now.BytesDone - now.BytesReused - (before.BytesDone - before.BytesReused) is > 0 and var done)
            Scope.Context.Metrics.Done(TransferDirection.Sending, done);
        if (now.BytesAgain > before.BytesAgain)
            Scope.Context.Metrics.Resent(now.BytesAgain - before.BytesAgain);
    }

    private void CarryOut(SenderEffect effect)
    {
        switch (effect)
        {
            case SenderEffect.SendControl send:
                Send(send.Message);
                break;
            case SenderEffect.SendPage page:
                Send(TransferMessages.Offer(Id, ReadPage(page.Page)));
                break;
            case SenderEffect.SendFrame frame:
                _times.Sent(frame.Ordinals[0]);
                StreamOf((uint)frame.Stream)?.Tell(new SendingStreamActor.SendChunks([.. frame.Ordinals.Select(Outgoing)]));
                break;
            case SenderEffect.OpenStreams open:
                OpenStreams(open.Count, open.Carrier);
                break;
            case SenderEffect.CloseStream close:
                if (close.IsSilent)
                    Log.Warning("Nothing that transfer {0} sends on stream {1} gets an answer, while others do: it travels on others", Id, close.Stream);
                _open.Remove((uint)close.Stream);
                CloseStream((uint)close.Stream);
                break;
            case SenderEffect.PersistWithdrawal withdrawal:
                // The receiver goes by it at once, and its receipt is to be believed after a loss of power here.
                Scope.Stores.Outcomes.SaveDurably(Scope.No, [new EntryOutcome
                {
                    EntryNo = withdrawal.EntryNumber,
                    Count = 1,
                    Outcome = EntryOutcome.Types.Outcome.Withdrawn,
                    Detail = withdrawal.Reason,
                }]);
                _leftOut.Add([withdrawal.Reason]);
                break;
            case SenderEffect.PersistReceipt persist:
                _leftOut.Add(NotStoredEntries.Of(persist.Receipt, _machine.Manifest!, EntryOutcome.Types.Outcome.Refused));
                _skipped.Add(NotStoredEntries.Of(persist.Receipt, _machine.Manifest!, EntryOutcome.Types.Outcome.Skipped));
                Scope.Stores.Receipts.Save(Scope.No, persist.Receipt.Blob, Record(StateWith(persist.Receipt)));
                NoteContents(Scope.Contents, persist.Receipt, _machine.Manifest!, () => path => _source.PlaceOf(path.Value));
                break;
            case SenderEffect.StateChanged:
                Keep();
                if (_machine.IsOver)
                    CloseStreams();
                ShowView();
                break;
        }
    }

    // Damaged on the way it was not: the channel would have said so. What is kept of the file may be wrong, and is hashed anew the next time.
    private void ForgetHashes(ulong ordinal)
    {
        if (_machine.Manifest is { } manifest && ordinal < (ulong)manifest.ChunkCount)
            Scope.Stores.Hashes.Forget(_identities.Of(manifest.EntryOf((long)ordinal).Number));
    }

    private OutgoingChunk Outgoing(long ordinal)
    {
        var chunk = _machine.Manifest!.Locate(ordinal);
        return new OutgoingChunk(ordinal, chunk.Entry.Number, chunk.Entry.Path.Value, _identities.Of(chunk.Entry.Number), chunk.Offset, chunk.Length);
    }
}
