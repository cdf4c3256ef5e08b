using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;
using Outcome = OpenShare.Protocol.Wire.EntryOutcome.Types.Outcome;

namespace OpenShare.Device.Transfers;

/// <summary>From what is kept of a transfer to what a person sees of it.</summary>
internal static class TransferViews
{
    /// <summary>A transfer without a running session: over, or waiting for its sender.</summary>
    internal static TransferView Resting(TransferRecord record, string? peerName, FinalReceipt? receipt)
    {
        var view = Running(record, peerName, record.Elapsed) with
        {
            State = record.State,
            Problem = record.Problem,
            TotalsKnown = record.IsOver,
            Detail = record.Detail.Length == 0 ? null : record.Detail,
            Receipt = receipt is null ? null : Summary(Receipt.Read(receipt)),
        };
        return Paused(view, record.IsPaused, isPausedThere: false);
    }

    /// <summary>The view of a transfer that is running: who, what and since when; the session fills in the rest.</summary>
    internal static TransferView Running(TransferRecord record, string? peerName, TimeSpan elapsed) => new(
        record.Key.Transfer,
        record.Manifest ?? default,
        record.Key.Direction,
        TransferState.Connecting,
        Problem: null,
        record.Key.Peer,
        peerName,
        PeerAddress: null,
        record.Summary,
        record.BytesTotal,
        record.BytesDone,
        record.BytesReused,
        record.ChunksTotal,
        record.ChunksDone,
        TotalsKnown: false,
        record.CreatedAt,
        elapsed,
        Detail: null,
        Receipt: null)
    {
        IsText = record.IsText,
    };

    /// <summary>What is shown of a transfer whose chunks might travel, and are to wait.</summary>
    internal static TransferView Paused(TransferView view, bool isPausedHere, bool isPausedThere) =>
        view.State is TransferState.AwaitingAnswer or >= TransferState.Finishing || !(isPausedHere || isPausedThere) ? view : view with
        {
            State = TransferState.Paused,
            Detail = !isPausedThere ? "paused on this device" : isPausedHere ? "paused on both devices" : "paused on the other device",
        };

    /// <summary>What is shown of a transfer whose receiver's disk is full, or not there.</summary>
    /// <param name="reason">null: nothing is wrong with it</param>
    internal static TransferView Stalled(TransferView view, string? reason) =>
        reason is null || view.IsEnded ? view : view with { State = TransferState.Waiting, Detail = reason };

    internal static ReceiptSummary Summary(Receipt receipt) => new(
        receipt.CompletedAt, (int)receipt.Count(Outcome.Delivered), (int)receipt.Count(Outcome.Withdrawn), (int)receipt.Count(Outcome.Refused),
        (int)receipt.Count(Outcome.Skipped));

    internal static string SummaryOf(IReadOnlyList<string> names) => names switch
    {
        [] => "",
        [var name] => name,
        _ => $"{names.Count} items",
    };
}
