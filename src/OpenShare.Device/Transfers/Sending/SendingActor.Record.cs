using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Transfer.Sending;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Transfers.Sending;

/// <summary>What is kept of the transfer, and what a person sees of it.</summary>
internal sealed partial class SendingActor
{
    // A late word of the other side woke it. What is kept of it says more than this machine, which saw nothing travel.
    private bool IsDeliveredAlready => Scope.Record.State is TransferState.Completed or TransferState.Incomplete;

    // The receipt's own state is known before the machine has heard that it is kept.
    private TransferRecord Record(TransferState state)
    {
        if (IsDeliveredAlready)
            return Scope.Record with { OwesWord = false };
        var progress = _machine.Progress;
        // Of what was cancelled here before its receipt came nobody told how far it was.
        if (state is TransferState.Completed or TransferState.Incomplete)
            progress = progress with { BytesDone = progress.BytesTotal - progress.BytesLeftOut };
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
            IsPaused = _machine.IsPausedHere && !_machine.IsOver,
            OwesWord = _machine.IsOver && !_machine.IsSettled,
        };
    }

    private void Keep() => Scope.Stores.Transfers.Update(Scope.No, _kept = Record(State()));

    private TransferState State() => _machine.State switch
    {
        _ when IsDeliveredAlready => Scope.Record.State,
        SenderState.Completed => StateWith(_machine.Receipt!),
        SenderState.Declined => TransferState.Declined,
        SenderState.Cancelled when _failure is null => TransferState.Cancelled,
        SenderState.Cancelled or SenderState.Failed => TransferState.Failed,
        _ when Link is null => TransferState.Connecting,
        SenderState.Offering => _machine.IsAsked ? TransferState.AwaitingAnswer : TransferState.Offered,
        SenderState.Sending => TransferState.Transferring,
        _ => TransferState.Finishing,
    };

    private TransferState StateWith(Receipt receipt) =>
        _leftOut.IsEmpty && receipt.IsWhole ? TransferState.Completed : TransferState.Incomplete;

    // Why it ended comes first, and what was left out after it: a late receipt is for what was listed alone.
    private string Detail(TransferState state) =>
        string.Join('\n', new[] { state >= TransferState.Declined ? _failure ?? _machine.Reason : "", _leftOut.Text, _skipped.Text }.Where(t => t.Length > 0));

    // The other side is told of this line alone.
    private static string ReasonOf(TransferRecord kept) => kept.Detail.Split('\n', 2)[0];

    private static string LeftOutOf(TransferRecord kept) =>
        !kept.EndedEarly ? kept.Detail : kept.Detail.Split('\n', 2) is [_, var leftOut] ? leftOut : "";

    protected override FilesProgress? Files(FilesAsked asked) => _machine.Files(asked);

    protected override TransferView View(TransferView start)
    {
        var state = State();
        var record = Record(state);
        var view = start with
        {
            State = state,
            Problem = record.Problem,
            BytesTotal = record.BytesTotal,
            BytesDone = record.BytesDone,
            BytesReused = record.BytesReused,
            ChunksTotal = record.ChunksTotal,
            ChunksDone = record.ChunksDone,
            TotalsKnown = _machine.Progress.TotalsKnown,
            File = state == TransferState.Transferring ? _machine.Travelling?.Path.Value : null,
            // What it waits for is shown, and not kept: what is kept of one that goes on is what was left out.
            Detail = state == TransferState.Connecting && Waiting is { } waiting ? waiting : record.Detail.Length == 0 ? null : record.Detail,
            Receipt = _machine.Receipt is { } receipt ? TransferViews.Summary(receipt) : null,
        };
        return TransferViews.Paused(TransferViews.Stalled(view, _passes ?? _machine.StalledThere), _machine.IsPausedHere, _machine.IsPausedThere);
    }
}
