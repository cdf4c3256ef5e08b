using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;
using Outcome = OpenShare.Protocol.Wire.EntryOutcome.Types.Outcome;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>What is kept of the transfer, and what a person sees of it.</summary>
internal sealed partial class ReceivingActor
{
    private void OnStateChanged(ReceiverEffect.StateChanged changed)
    {
        Scope.Stores.Transfers.Update(Scope.No, Record(State()));
        if (_machine!.IsOver)
        {
            _over.Cancel();
            CloseStreams();
            DropUnwritten();
            ReleaseRoom();
        }
        if (changed.State == ReceiverState.Completed)
        {
            Scope.Stores.Receipts.MarkConfirmed(Scope.No);
            DiskJob(DiscardStaging);
        }
        ShowView();
    }

    private void SaveOutcome(uint number, Outcome outcome, string detail) =>
        Scope.Stores.Outcomes.Save(Scope.No, [new EntryOutcome { EntryNo = number, Count = 1, Outcome = outcome, Detail = detail }]);

    private TransferState State() => IsAsked ? TransferState.AwaitingAnswer
        : _machine is null ? (_isAccepted && !Scope.Record.IsAccepted ? TransferState.Transferring : Scope.Record.State)
        : _isAccepted && _machine.State <= ReceiverState.Deciding ? TransferState.Transferring
        : ReceiverStates.Shown(_machine.State, _machine.Receipt is null || StateWith(_machine.Receipt) == TransferState.Completed);

    private static TransferState StateWith(FinalReceipt blob)
    {
        var receipt = Receipt.Read(blob);
        return receipt.IsWhole ? TransferState.Completed : TransferState.Incomplete;
    }

    private TransferRecord Record(TransferState state)
    {
        if (_machine is null)
            return Scope.Record with { State = state, UpdatedAt = Now };
        var (progress, manifest) = (_machine.Progress, _machine.Manifest);
        // What was known of an offer that is to be heard anew is what a person is asked about until then.
        var (summary, total) = manifest is null ? (Scope.Record.Summary, Scope.Record.BytesTotal) : (
            TransferViews.SummaryOf([.. manifest.Tops]),
            IsAsked ? manifest.ClaimedBytes : progress.BytesTotal);
        var record = Scope.Record with
        {
            State = state,
            Problem = state == TransferState.Failed ? TransferProblem.Failed : null,
            Manifest = manifest?.Id ?? Scope.Record.Manifest,
            UpdatedAt = Now,
            Summary = summary,
            IsText = manifest is null ? Scope.Record.IsText : manifest.Text is not null,
            Detail = state >= TransferState.Declined ? _failure ?? _machine.Reason : "",
            BytesTotal = total,
            BytesDone = progress.BytesDone - progress.BytesReused,
            BytesReused = progress.BytesReused,
            ChunksTotal = progress.ChunksTotal,
            ChunksDone = progress.ChunksDone,
            Elapsed = Elapsed,
            IsPaused = _machine.IsPausedHere && !_machine.IsOver,
        };
        // What is not accepted has nothing anywhere that it would have to wait for.
        return record.IsAccepted ? record : record with { BegunIn = null };
    }

    protected override FilesProgress? Files(FilesAsked asked) => _machine?.Files(asked);

    protected override TransferView View(TransferView start)
    {
        if (_machine is null)
            return TransferViews.Stalled(start with { State = State() }, _opensNot);
        var record = Record(State());
        var view = start with
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
            IsText = record.IsText,
            Receipt = _machine.Receipt is { } receipt ? TransferViews.Summary(Receipt.Read(receipt)) : null,
        };
        return TransferViews.Paused(TransferViews.Stalled(view, _machine.Stalled), _machine.IsPausedHere, _machine.IsPausedThere);
    }
}
