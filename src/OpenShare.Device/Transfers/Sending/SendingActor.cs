using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;
using TransferState = OpenShare.Device.Hosting.TransferState;

namespace OpenShare.Device.Transfers.Sending;

/// <summary>
/// One transfer that is sent: carries out what <see cref="SenderMachine"/> decides, and has the manifest built beside
/// it. After a restart it goes on from what is kept.
/// </summary>
internal sealed class SendingActor : TransferSession
{
    private sealed record Fed(FedBatch Batch) : INoSerializationVerificationNeeded;

    private sealed record ReceiptKept;

    // Hashing runs ahead of what is delivered by so much at most: what was read for it is then still in memory when it is sent.
    private const long HashAhead = 512L * 1024 * 1024;

    private readonly ISource _source;
    private readonly ManifestId _manifestId;
    private readonly LeftOut _leftOut;
    private SenderMachine _machine;
    private ManifestFeeder? _feeder;
    private bool _feeding;
    private string? _failure;
    private TransferProblem? _problem;
    private (uint? Entry, FileIdentity Identity) _identity;

    public SendingActor(TransferScope scope) : base(scope)
    {
        _source = scope.Disk.OpenSource(scope.Record.Paths);
        _manifestId = scope.Record.Manifest ?? throw new ArgumentException("A sending transfer has its manifest id from the start.", nameof(scope));
        _leftOut = new LeftOut(scope.Record.Detail);
        _machine = new SenderMachine(Setup());
        Receive<Fed>(m => OnFed(m.Batch));
        Receive<ReceiptKept>(_ => Drive(new SenderInput.ReceiptStored()));
        Receive<SendingStreamActor.ChunkUnreadable>(m => Drive(new SenderInput.EntryChanged(m.EntryNumber, m.Reason)));
    }

    internal static Props Props(TransferScope scope) => Akka.Actor.Props.Create(() => new SendingActor(scope));

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
        FeedMore();
        ShowView();
    }

    protected override void PostStop()
    {
        _feeder?.Dispose();
        _source.Dispose();
    }

    protected override Props StreamProps(TransferSignals.StreamReady ready) =>
        SendingStreamActor.Props(Scope.Context, _source, ready.StreamId, ready.Stream);

    protected override void OnLinked(DeviceCertificate certificate) => Drive(new SenderInput.LinkUp());

    protected override void OnUnlinked() => Drive(new SenderInput.LinkLost());

    protected override void OnLinkRefused(LinkProblem problem)
    {
        if (_machine.IsOver)
            return;
        _problem = problem.Refusal == LinkRefusal.NotRegistered ? TransferProblem.NotRegistered : TransferProblem.NotTrusted;
        _failure = problem.ByPeer ? $"The other device refuses this one: {problem.Detail}" : problem.Detail;
        Drive(new SenderInput.Cancelled(_failure));
    }

    protected override void OnControl(Control message) => Drive(new SenderInput.Received(message));

    protected override void OnStreamUp(uint streamId) => Drive(new SenderInput.StreamUp(streamId));

    protected override void OnStreamDown(uint streamId) => Drive(new SenderInput.StreamDown(streamId));

    protected override void OnCancel() => Drive(new SenderInput.Cancelled("cancelled on the sending device"));

    protected override void OnTimedOut() => Drive(new SenderInput.TimedOut());

    private SenderSetup Setup() => new(
        Id, _manifestId, Scope.Identity.DeviceId, Peer, Scope.Identity.Key, Scope.Identity.Trust, TransferTuning.Default);

    private void Restore()
    {
        var stores = Scope.Stores;
        var pages = stores.Manifests.Count(Scope.No);
        var state = EndedAs(Scope.Record.State);
        if (pages > 0 || state is not null)
        {
            _problem = Scope.Record.Problem;
            _machine = SenderMachine.Restore(Setup(), new SenderRecord(
                Enumerable.Range(0, (int)pages).Select(ReadPage),
                stores.Outcomes.All(Scope.No).Where(o => o.Outcome == EntryOutcome.Types.Outcome.Withdrawn).ToDictionary(o => o.EntryNo, o => o.Detail),
                state ?? SenderState.Offering, state is null ? "" : Scope.Record.Detail, stores.Receipts.Find(Scope.No)));
        }
        if (_machine.IsOver || _machine.Manifest is { IsComplete: true })
            return;
        var unfinished = _machine.Manifest?.Unfinished;
        var builder = _machine.Manifest is { } manifest
            ? ManifestBuilder.Continue(Scope.Identity.Key, manifest)
            : new ManifestBuilder(Scope.Identity.Key, _manifestId, Scope.Identity.DeviceId, Peer);
        _feeder = new ManifestFeeder(
            _source, builder, _machine.Manifest, unfinished is null ? null : stores.Manifests.Identity(Scope.No, unfinished.Number));
    }

    // Without a receipt: what ended so is over for good, whatever late word of the other side woke it.
    private static SenderState? EndedAs(TransferState state) => state switch
    {
        TransferState.Declined => SenderState.Declined,
        TransferState.Cancelled => SenderState.Cancelled,
        TransferState.Failed => SenderState.Failed,
        _ => null,
    };

    private Signed ReadPage(int page) =>
        SignedBlobs.Parse(
            Scope.Stores.Manifests.Read(Scope.No, (uint)page) ?? throw new ProtocolException("A page of the stored file list is missing. Send the files again."),
            "page of the file list");

    private void FeedMore()
    {
        if (_feeder is not { } feeder || _feeding || _machine.IsOver)
            return;
        var progress = _machine.Progress;
        if (progress.BytesTotal - progress.BytesDone - progress.BytesLeftOut > HashAhead)
            return;
        _feeding = true;
        Scope.Context.Workers.Run(feeder.Next).PipeTo(
            Self, success: batch => new Fed(batch), failure: error => new Fed(new FedBatch([], [], IsLast: true, error.Message)));
    }

    private void OnFed(FedBatch batch)
    {
        if (batch.IsLast)
        {
            _feeder?.Dispose();
            _feeder = null;
        }
        if (batch.Skipped.Count > 0)
            _leftOut.Add(batch.Skipped);
        foreach (var page in batch.Pages)
        {
            var number = _machine.Manifest?.Pages.Count ?? 0;
            Scope.Stores.Manifests.Append(Scope.No, (uint)number, Google.Protobuf.MessageExtensions.ToByteArray(page.Blob), identities: [.. page.Identities]);
            Drive(new SenderInput.PageBuilt(page.Blob));
        }
        // Only now: driving the machine asks for more, and the pages of a batch go in before those of the next.
        _feeding = false;
        if (batch.Failure is { } failure && !_machine.IsOver)
        {
            (_failure, _problem) = (failure, TransferProblem.Failed);
            Drive(new SenderInput.Cancelled(failure));
        }
        FeedMore();
    }

    private void Drive(SenderInput input)
    {
        foreach (var effect in _machine.Handle(input, Now))
            CarryOut(effect);
        Schedule(_machine.NextTimeout);
        FeedMore();
        ShowProgress();
        if (_machine.IsSettled)
            Context.Parent.Tell(new TransferSignals.Settled());
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
                StreamOf((uint)frame.Stream)?.Tell(new SendingStreamActor.SendChunks([.. frame.Ordinals.Select(Outgoing)]));
                break;
            case SenderEffect.OpenStreams open:
                OpenStreams(open.Count);
                break;
            case SenderEffect.PersistWithdrawal withdrawal:
                Scope.Stores.Outcomes.Save(Scope.No, [new EntryOutcome
                {
                    EntryNo = withdrawal.EntryNumber,
                    Count = 1,
                    Outcome = EntryOutcome.Types.Outcome.Withdrawn,
                    Detail = withdrawal.Reason,
                }]);
                _leftOut.Add([withdrawal.Reason]);
                break;
            case SenderEffect.PersistReceipt persist:
                _leftOut.Add(RefusedEntries.Of(persist.Receipt, _machine.Manifest!));
                Scope.Stores.Receipts.Save(Scope.No, persist.Receipt.Blob, Record(StateWith(persist.Receipt)));
                Self.Tell(new ReceiptKept());
                break;
            case SenderEffect.StateChanged:
                Scope.Stores.Transfers.Update(Scope.No, Record(State()));
                if (_machine.IsOver)
                    CloseStreams();
                ShowView();
                break;
        }
    }

    private OutgoingChunk Outgoing(long ordinal)
    {
        var chunk = _machine.Manifest!.Locate(ordinal);
        // Chunks of a large file come one after the other: one look-up serves them all.
        if (_identity.Entry != chunk.Entry.Number)
            _identity = (chunk.Entry.Number, Scope.Stores.Manifests.Identity(Scope.No, chunk.Entry.Number) ?? default);
        return new OutgoingChunk(ordinal, chunk.Entry.Number, chunk.Entry.Path.Value, _identity.Identity, chunk.Offset, chunk.Length);
    }

    // The receipt's own state is known before the machine has heard that it is kept.
    private TransferRecord Record(TransferState state)
    {
        var progress = _machine.Progress;
        return Scope.Record with
        {
            State = state,
            Problem = state == TransferState.Failed ? _problem ?? TransferProblem.Failed : null,
            UpdatedAt = Now,
            Detail = Detail(state),
            BytesTotal = progress.BytesTotal,
            BytesDone = progress.BytesDone - progress.BytesReused,
            BytesReused = progress.BytesReused,
            ChunksTotal = progress.ChunksTotal,
            ChunksDone = progress.ChunksDone,
            Elapsed = Elapsed,
        };
    }

    private TransferState State() => _machine.State switch
    {
        SenderState.Completed => StateWith(_machine.Receipt!),
        SenderState.Declined => TransferState.Declined,
        SenderState.Cancelled when _failure is null => TransferState.Cancelled,
        SenderState.Cancelled or SenderState.Failed => TransferState.Failed,
        _ when Link is null => TransferState.Connecting,
        SenderState.Offering => TransferState.Offered,
        SenderState.Sending => TransferState.Transferring,
        _ => TransferState.Finishing,
    };

    private TransferState StateWith(Receipt receipt) =>
        _leftOut.IsEmpty && receipt.Count(EntryOutcome.Types.Outcome.Delivered) == receipt.EntryCount ? TransferState.Completed : TransferState.Incomplete;

    private string Detail(TransferState state) => state switch
    {
        TransferState.Connecting => Waiting ?? "",
        TransferState.Failed or TransferState.Cancelled or TransferState.Declined => _failure ?? _machine.Reason,
        _ => _leftOut.Text,
    };

    protected override TransferView View(TransferView start)
    {
        var state = State();
        var record = Record(state);
        return start with
        {
            State = state,
            Problem = record.Problem,
            BytesTotal = record.BytesTotal,
            BytesDone = record.BytesDone,
            BytesReused = record.BytesReused,
            ChunksTotal = record.ChunksTotal,
            ChunksDone = record.ChunksDone,
            TotalsKnown = _machine.Progress.TotalsKnown,
            Detail = record.Detail.Length == 0 ? null : record.Detail,
            Receipt = _machine.Receipt is { } receipt ? TransferViews.Summary(receipt) : null,
        };
    }
}
