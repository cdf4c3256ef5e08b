using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;
using Outcome = OpenShare.Protocol.Wire.EntryOutcome.Types.Outcome;
using TransferState = OpenShare.Device.Hosting.TransferState;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>
/// One transfer that is received: carries out what <see cref="ReceiverMachine"/> decides. Disk work runs on workers:
/// frames side by side, everything else one after the other and only while no frame is being written.
/// </summary>
internal sealed class ReceivingActor : TransferSession
{
    private sealed record Opened(DiskResult<Arrival> Arrival) : INoSerializationVerificationNeeded;

    private sealed record FrameWritten(FrameResult Result) : INoSerializationVerificationNeeded;

    private sealed record DiskJobDone(Action Then) : INoSerializationVerificationNeeded;

    private sealed record Synced(IReadOnlyCollection<(uint Page, byte[] Durable)> Maps, DiskResult Result) : INoSerializationVerificationNeeded;

    private sealed record ReceiptKept;

    private sealed record Decided(string? Refusal);

    private sealed record CheckpointDue;

    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromSeconds(2);
    private const long CheckpointBytes = 64L * 1024 * 1024;

    private readonly Dictionary<uint, InboundFrame> _waiting = [];
    private readonly Queue<Func<Action>> _diskJobs = new();
    private readonly List<object> _early = [];
    private readonly Dictionary<uint, DestinationEntry> _unsyncedFiles = [];
    private readonly Dictionary<uint, ReceivingStreamActor.FrameArrived> _parked = [];
    private Arrival? _arrival;
    private ReceiverMachine? _machine;
    private PublicKey? _senderKey;
    private string? _failure;
    private bool _opening;
    private bool _diskBusy;
    private bool _syncing;
    private int _writing;
    private long _unsyncedBytes;

    public ReceivingActor(TransferScope scope) : base(scope)
    {
        Receive<Opened>(OnOpened);
        Receive<ReceivingStreamActor.FrameArrived>(OnFrameArrived);
        Receive<FrameWritten>(m => OnFrameWritten(m.Result));
        Receive<DiskJobDone>(OnDiskJobDone);
        Receive<Synced>(OnSynced);
        Receive<ReceiptKept>(_ => Drive(new ReceiverInput.ReceiptStored()));
        Receive<Decided>(m => Drive(new ReceiverInput.Decided(m.Refusal)));
        Receive<CheckpointDue>(_ => Checkpoint());
    }

    internal static Props Props(TransferScope scope) => Akka.Actor.Props.Create(() => new ReceivingActor(scope));

    protected override void PostStop()
    {
        foreach (var frame in _waiting.Values)
            frame.Dispose();
        _arrival?.Destination.Dispose();
    }

    protected override Props StreamProps(TransferSignals.StreamReady ready) => ReceivingStreamActor.Props(ready.StreamId, ready.Stream);

    protected override void OnLinked(DeviceCertificate certificate)
    {
        if (_machine is not null)
        {
            Drive(new ReceiverInput.LinkUp());
            return;
        }
        if (_opening)
            return;
        // The sender's key is in its certificate, so what was kept is read when it is first there.
        _opening = true;
        var (scope, key) = (Scope, certificate.PublicKey);
        scope.Context.Workers.Run(() => Arrival.Open(scope, key)).PipeTo(
            Self,
            success: arrival => new Opened(arrival),
            failure: error => new Opened(new DiskResult<Arrival>(new DiskResult(DiskProblem.Failed, error.Message))));
        _senderKey = key;
    }

    protected override void OnUnlinked()
    {
        if (_machine is not null)
            Drive(new ReceiverInput.LinkLost());
    }

    protected override void OnLinkRefused(LinkProblem problem)
    {
        if (_machine is { IsOver: false })
            Fail(problem.Detail);
    }

    protected override void OnControl(Control message) => DriveWhenOpen(new ReceiverInput.Received(message));

    protected override void OnStreamUp(uint streamId) => DriveWhenOpen(new ReceiverInput.StreamUp(streamId));

    protected override void OnStreamDown(uint streamId)
    {
        if (_waiting.Remove(streamId, out var frame))
            frame.Dispose();
        if (_parked.Remove(streamId, out var parked))
            parked.Frame.Dispose();
        DriveWhenOpen(new ReceiverInput.StreamDown(streamId));
    }

    protected override void OnCancel() => DriveWhenOpen(new ReceiverInput.Cancelled("cancelled on the receiving device"));

    protected override void OnTimedOut() => DriveWhenOpen(new ReceiverInput.TimedOut());

    private void DriveWhenOpen(ReceiverInput input)
    {
        if (_machine is null)
            _early.Add(input);
        else
            Drive(input);
    }

    private void OnOpened(Opened opened)
    {
        var setup = new ReceiverSetup(Id, Peer, _senderKey!, Scope.Identity.Key, Scope.Identity.Certificate, TransferTuning.Default);
        _arrival = opened.Arrival.Value;
        _machine = _arrival?.Kept is { } kept ? ReceiverMachine.Restore(setup, kept) : new ReceiverMachine(setup);
        Drive(new ReceiverInput.Started());
        if (Link is not null)
            Drive(new ReceiverInput.LinkUp());
        if (_arrival is null)
            Fail(opened.Arrival.Detail);
        foreach (var input in _early.ToList())
        {
            if (input is ReceiverInput early)
                Drive(early);
            else if (input is ReceivingStreamActor.FrameArrived frame)
                OnFrameArrived(frame);
        }
        _early.Clear();
        ShowView();
    }

    private void Drive(ReceiverInput input)
    {
        foreach (var effect in _machine!.Handle(input, Now))
            CarryOut(effect);
        Schedule(_machine.NextTimeout);
        ShowProgress();
        if (_machine.IsSettled && _diskJobs.Count == 0 && !_diskBusy)
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
                Self.Tell(new Decided(Refusal(decide.Offer)));
                break;
            case ReceiverEffect.PersistPage persist:
                DiskJob(() => StorePage(persist.Page, persist.Blob));
                break;
            case ReceiverEffect.ReceiveFrame receive:
                WriteFrame((uint)receive.Stream, receive.Chunks);
                break;
            case ReceiverEffect.PersistWithdrawal withdrawal:
                SaveOutcome(withdrawal.EntryNumber, Outcome.Withdrawn, withdrawal.Reason);
                RemoveEntry(withdrawal.EntryNumber);
                break;
            case ReceiverEffect.PlaceEntries place:
                DiskJob(() => Place(place.LeftOut));
                break;
            case ReceiverEffect.PersistReceipt persist:
                Scope.Stores.Receipts.Save(Scope.No, persist.Receipt, Record(StateWith(persist.Receipt)));
                Self.Tell(new ReceiptKept());
                break;
            case ReceiverEffect.Discard:
                DiskJob(DiscardStaging);
                break;
            case ReceiverEffect.StateChanged changed:
                OnStateChanged(changed);
                break;
        }
    }

    private string? Refusal(OfferSummary offer)
    {
        if (Scope.Accept == AcceptPolicy.None)
            return "The other device accepts no files just now.";
        if (_arrival!.Destination.AvailableBytes is var room && offer.Bytes > room)
            return $"There is not enough room: {offer.Bytes} bytes are needed and {room} are free.";
        return null;
    }

    // ------------------------------------------------------------ frames

    private void OnFrameArrived(ReceivingStreamActor.FrameArrived arrived)
    {
        if (_machine is null)
        {
            _early.Add(arrived);
            return;
        }
        if (StreamOf(arrived.StreamId) is null)
        {
            arrived.Frame.Dispose();
            return;
        }
        // One frame of a stream waits for the machine's word at a time; its successor (there is one credit more) waits behind it.
        if (_waiting.ContainsKey(arrived.StreamId))
        {
            _parked.Add(arrived.StreamId, arrived);
            return;
        }
        _waiting.Add(arrived.StreamId, arrived.Frame);
        Drive(new ReceiverInput.FrameArrived(arrived.StreamId, arrived.Frame.Head));
    }

    private void WriteFrame(uint streamId, IReadOnlyList<IncomingChunk> chunks)
    {
        if (!_waiting.Remove(streamId, out var frame))
            return;
        var destination = _arrival!.Destination;
        _writing++;
        Scope.Context.Workers.Run(() => FrameWriting.Run(streamId, frame, chunks, destination)).PipeTo(
            Self,
            success: result => new FrameWritten(result),
            failure: error => new FrameWritten(new FrameResult(streamId, [], [], new DiskResult(DiskProblem.Failed, error.Message))));
        if (_parked.Remove(streamId, out var next))
            Self.Tell(next);
    }

    private void OnFrameWritten(FrameResult result)
    {
        _writing--;
        StreamOf(result.StreamId)?.Tell(ReceivingStreamActor.Credit.Instance);
        if (result.Written.Count > 0)
        {
            _arrival!.Held.Write(_machine!.Manifest!, result.Written);
            foreach (var chunk in result.Written)
            {
                _unsyncedFiles.TryAdd(chunk.Entry.Number, DestinationEntries.From(chunk.Entry));
                _unsyncedBytes += chunk.Length;
            }
            Drive(new ReceiverInput.ChunksWritten([.. result.Written.Select(c => c.Ordinal)]));
        }
        foreach (var ordinal in result.Mismatched)
            Drive(new ReceiverInput.ChunkMismatched(ordinal));
        if (!result.Problem.IsDone)
            Fail(result.Problem.Detail);
        if (_unsyncedBytes >= CheckpointBytes)
            Checkpoint();
        else if (_unsyncedFiles.Count > 0 && !Timers.IsTimerActive("checkpoint"))
            Timers.StartSingleTimer("checkpoint", new CheckpointDue(), CheckpointEvery);
        NextDiskJob();
    }

    // ------------------------------------------------------------ checkpoints

    private void Checkpoint()
    {
        if (_syncing || _unsyncedFiles.Count == 0 || _machine!.IsOver)
            return;
        _syncing = true;
        var (destination, files, maps) = (_arrival!.Destination, _unsyncedFiles.Values.ToList(), _arrival.Held.TakeUnsynced());
        _unsyncedFiles.Clear();
        _unsyncedBytes = 0;
        Scope.Context.Workers.Run(() => destination.Sync(files)).PipeTo(
            Self,
            success: result => new Synced(maps, result),
            failure: error => new Synced(maps, new DiskResult(DiskProblem.Failed, error.Message)));
    }

    private void OnSynced(Synced synced)
    {
        _syncing = false;
        if (synced.Result.IsDone)
            _arrival!.Held.SaveDurable(synced.Maps);
        else if (!_machine!.IsOver)
            Fail(synced.Result.Detail);
        NextDiskJob();
    }

    // ------------------------------------------------------------ disk jobs, one after the other

    /// <param name="job">runs on a worker and answers what is to be done here with its result</param>
    private void DiskJob(Func<Action> job)
    {
        _diskJobs.Enqueue(job);
        NextDiskJob();
    }

    private void NextDiskJob()
    {
        if (_diskBusy || _syncing || _writing > 0 || !_diskJobs.TryDequeue(out var job))
            return;
        _diskBusy = true;
        Scope.Context.Workers.Run(job).PipeTo(
            Self, success: then => new DiskJobDone(then), failure: error => new DiskJobDone(() => Fail(error.Message)));
    }

    private void OnDiskJobDone(DiskJobDone done)
    {
        _diskBusy = false;
        done.Then();
        NextDiskJob();
    }

    private Action StorePage(ManifestPage page, Signed blob)
    {
        var started = page.Parts.Where(p => !p.Continued).Select(p => DestinationEntries.From(p.Entry)).ToList();
        var prepared = _arrival!.Destination.Prepare(started);
        if (!prepared.Result.IsDone)
            return () => Fail(prepared.Result.Detail);
        Scope.Stores.Manifests.Append(
            Scope.No, (uint)page.Index, Google.Protobuf.MessageExtensions.ToByteArray(blob), new ChunkSpan((ulong)page.FirstOrdinal, page.ChunkCount));
        return () =>
        {
            _arrival.Held.AddPage(page);
            foreach (var refused in prepared.Refused)
                SaveOutcome(refused.EntryNo, Outcome.Refused, refused.Reason);
            Drive(new ReceiverInput.PageStored(page.Index, [], [.. prepared.Refused.Select(r => new EntryNote.Refused(r.EntryNo, r.Reason))]));
        };
    }

    private Action Place(IReadOnlySet<uint> leftOut)
    {
        var (destination, outcomes) = (_arrival!.Destination, Scope.Stores.Outcomes);
        var entries = _machine!.Manifest!.Entries.Where(e => !leftOut.Contains(e.Number)).Select(DestinationEntries.From);
        var report = destination.Complete(entries, outcomes.Names(Scope.No), names => outcomes.SaveNames(Scope.No, names));
        return () =>
        {
            if (!report.Result.IsDone)
            {
                Fail(report.Result.Detail);
                return;
            }
            Drive(new ReceiverInput.EntriesPlaced(PlacementNotes.From(_machine.Manifest!, report)));
        };
    }

    private Action DiscardStaging()
    {
        _arrival?.Destination.Discard();
        return () =>
        {
            Scope.Stores.Transfers.DropWorkingState(Scope.No);
            if (_machine!.IsSettled)
                Context.Parent.Tell(new TransferSignals.Settled());
        };
    }

    private void RemoveEntry(uint number)
    {
        var entry = DestinationEntries.From(_machine!.Manifest!.Entries[(int)number]);
        DiskJob(() =>
        {
            _arrival!.Destination.Remove(entry);
            return () => { };
        });
    }

    // ------------------------------------------------------------ what is kept and shown

    private void OnStateChanged(ReceiverEffect.StateChanged changed)
    {
        Scope.Stores.Transfers.Update(Scope.No, Record(State()));
        if (_machine!.IsOver)
            CloseStreams();
        if (changed.State == ReceiverState.Completed)
        {
            Scope.Stores.Receipts.MarkConfirmed(Scope.No);
            DiskJob(DiscardStaging);
        }
        ShowView();
    }

    private void SaveOutcome(uint number, Outcome outcome, string detail) =>
        Scope.Stores.Outcomes.Save(Scope.No, [new EntryOutcome { EntryNo = number, Count = 1, Outcome = outcome, Detail = detail }]);

    private TransferState State() => _machine is null
        ? Scope.Record.State
        : ReceiverStates.Shown(_machine.State, _machine.Receipt is null || StateWith(_machine.Receipt) == TransferState.Completed);

    private static TransferState StateWith(FinalReceipt blob)
    {
        var receipt = Receipt.Read(blob);
        return receipt.Count(Outcome.Delivered) == receipt.EntryCount ? TransferState.Completed : TransferState.Incomplete;
    }

    private TransferRecord Record(TransferState state)
    {
        var progress = _machine!.Progress;
        return Scope.Record with
        {
            State = state,
            Problem = state == TransferState.Failed ? TransferProblem.Failed : null,
            Manifest = _machine.Manifest?.Id,
            UpdatedAt = Now,
            Summary = _machine.Manifest is { } manifest ? TransferViews.SummaryOf([.. manifest.Entries.Select(e => e.Path.Value.Split('/')[0]).Distinct().Take(100)]) : "",
            Detail = state is TransferState.Failed or TransferState.Cancelled or TransferState.Declined ? _failure ?? _machine.Reason : "",
            BytesTotal = progress.BytesTotal,
            BytesDone = progress.BytesDone,
            BytesReused = progress.BytesReused,
            ChunksTotal = progress.ChunksTotal,
            ChunksDone = progress.ChunksDone,
            Elapsed = Elapsed,
        };
    }

    protected override TransferView View(TransferView start)
    {
        if (_machine is null)
            return start with { State = State() };
        var record = Record(State());
        return start with
        {
            ManifestId = record.Manifest ?? default,
            State = record.State,
            Problem = record.Problem,
            Summary = record.Summary,
            BytesTotal = record.BytesTotal,
            BytesDone = record.BytesDone,
            BytesReused = record.BytesReused,
            ChunksTotal = record.ChunksTotal,
            ChunksDone = record.ChunksDone,
            TotalsKnown = _machine.Progress.TotalsKnown,
            Detail = record.Detail.Length == 0 ? null : record.Detail,
            Receipt = _machine.Receipt is { } receipt ? TransferViews.Summary(Receipt.Read(receipt)) : null,
        };
    }
}
