using System.Globalization;
using OpenShare.Agent.Documents;

namespace OpenShare.Cli.Output;

/// <summary>A transfer in words.</summary>
internal static class TransferText
{
    /// <summary>Characters of a text.</summary>
    private const int LongestShown = 16 * 1024;

    /// <summary>Files under way that are named.</summary>
    internal const int MostFiles = 5;

    internal static string Peer(TransferDocument transfer) =>
        transfer.PeerName ?? transfer.PeerAddress ?? (transfer.Peer is { } id ? Words.Short(id) : "?");

    internal static string State(TransferDocument transfer) => transfer.State != TransferStates.AwaitingAnswer ? transfer.State
        : transfer.Direction == "sending" ? "waiting for the other side to accept"
        : "waiting for your answer";

    internal static string Percent(TransferDocument transfer) => transfer switch
    {
        { State: TransferStates.Completed } => "100 %",
        { TotalsKnown: false } or { BytesTotal: 0 } => "-",
        _ => string.Create(CultureInfo.InvariantCulture, $"{100 * (transfer.BytesSent + transfer.BytesReused) / transfer.BytesTotal} %"),
    };

    internal static string Line(TransferDocument transfer) =>
        $"{Words.Short(transfer.TransferId)} {transfer.Summary} {(transfer.Direction == "sending" ? "to" : "from")} {Peer(transfer)}: "
        + $"{State(transfer)}, {Words.Bytes(transfer.BytesSent + transfer.BytesReused)} of {Words.Bytes(transfer.BytesTotal)}{(transfer.Detail is { } detail ? $". {detail.Replace("\n", "; ", StringComparison.Ordinal)}" : "")}";

    internal static string Full(TransferDocument transfer) => Columns.Pairs(
        [
            ("Transfer", transfer.TransferId),
            ("Manifest", transfer.ManifestId),
            ("What", transfer.Summary),
            (transfer.Direction == "sending" ? "To" : "From", $"{Peer(transfer)}{(transfer.Peer is { } id ? $" ({id})" : "")}"),
            ("State", State(transfer)),
            ("Bytes", $"{Words.Bytes(transfer.BytesSent)} sent, {Words.Bytes(transfer.BytesReused)} there before, of {Words.Bytes(transfer.BytesTotal)}{(transfer.TotalsKnown ? "" : " or more")}"),
            .. transfer.Files is { } files ? Files(files) : [],
            ("Chunks", string.Create(CultureInfo.InvariantCulture, $"{transfer.ChunksSent} of {transfer.ChunksTotal}")),
            ("Begun", Words.Time(transfer.StartedAt)),
            ("Took", Words.Seconds(transfer.Seconds)),
            ("Receipt", transfer.Receipt is { } receipt ? $"{Outcome(receipt)}, {Words.Time(receipt.CompletedAt)}" : "none yet"),
            .. (transfer.Detail?.Split('\n') ?? []).Select((line, i) => (i == 0 ? "Note" : "", line)),
            .. transfer.State == TransferStates.AwaitingAnswer && transfer.Direction != "sending"
                ? [("To do", $"openshare transfer accept {Words.Short(transfer.TransferId)}, or decline")] : Array.Empty<(string, string)>(),
            .. transfer.SavedAs is { } path ? [("Saved as", Printable.Line(path))] : Array.Empty<(string, string)>(),
        ]) + TextPart(transfer);

    private static IEnumerable<(string, string)> Files(FilesDocument files)
    {
        yield return ("Files", string.Create(CultureInfo.InvariantCulture, $"{files.Done} done, {files.UnderWay} under way, {files.ToCome} to come")
            + (files.LeftOut > 0 ? string.Create(CultureInfo.InvariantCulture, $", {files.LeftOut} left out") : ""));
        foreach (var file in files.List)
            yield return ("Under way", $"{Printable.Line(file.Path)}, {Words.Bytes(file.BytesDone)} of {Words.Bytes(file.Size)}");
        if (files.UnderWay > files.List.Count)
            yield return ("", string.Create(CultureInfo.InvariantCulture, $"and {files.UnderWay - files.List.Count} more"));
    }

    // A text may be long, and a terminal obeys control characters: shown are those that only break lines.
    private static string TextPart(TransferDocument transfer) => transfer switch
    {
        { SavedAs: null } => "",
        { Text: null } => "\nThe text is not there any more as it arrived.",
        { Text: { Length: > LongestShown } text } => $"\n\n{Printable.Lines(text[..LongestShown])}\n… The rest of it is in the file.",
        { Text: var text } => $"\n\n{Printable.Lines(text)}",
    };

    internal static string Outcome(ReceiptSummaryDocument receipt) => Outcome(receipt.Delivered, receipt.Withdrawn, receipt.Refused, receipt.Skipped);

    internal static string Outcome(int delivered, int withdrawn, int refused, int skipped) =>
        Words.Count(delivered, "entry delivered", "entries delivered")
        + (withdrawn > 0 ? $", {withdrawn} withdrawn" : "")
        + (refused > 0 ? $", {refused} refused" : "")
        + (skipped > 0 ? $", {skipped} skipped" : "");

    /// <summary>How a send ended, for the person who typed it.</summary>
    internal static string Ending(TransferDocument transfer) => transfer switch
    {
        { State: TransferStates.Completed, Receipt: { } receipt } =>
            $"Sent {transfer.Summary} ({Words.Bytes(transfer.BytesTotal)}) to {Peer(transfer)} in {Words.Seconds(transfer.Seconds)}{Rate(transfer)}. "
            + $"Its signed receipt is verified: {Outcome(receipt)}.{(transfer.Detail is { } skipped ? $" Skipped:{Lines(skipped)}" : "")}",
        { State: TransferStates.Completed } => $"Sent {transfer.Summary} to {Peer(transfer)}.",
        { State: TransferStates.Incomplete } => $"Not all of {transfer.Summary} is at {Peer(transfer)}.{Lines(transfer.Detail ?? "See: openshare receipt show " + Words.Short(transfer.TransferId))}",
        { State: TransferStates.Declined } => $"{Peer(transfer)} declined {transfer.Summary}.{Lines(transfer.Detail)}",
        { State: TransferStates.Cancelled, Detail: { } detail } when detail.StartsWith("cancelled ", StringComparison.Ordinal) => $"The transfer of {transfer.Summary} to {Peer(transfer)} was {detail.Split('\n', 2)[0]}.",
        { State: TransferStates.Cancelled } => $"The transfer of {transfer.Summary} to {Peer(transfer)} was cancelled.{Lines(transfer.Detail)}",
        _ when !transfer.IsEnded() => $"{transfer.Summary} is still on its way to {Peer(transfer)}. See: openshare transfer show {Words.Short(transfer.TransferId)}",
        _ => $"{transfer.Summary} did not get to {Peer(transfer)}.{Lines(transfer.Detail)}",
    };

    // What was left out has a line each.
    private static string Lines(string? detail) => detail?.Contains('\n', StringComparison.Ordinal) == true
        ? string.Concat(detail.Split('\n').Select(line => $"\n  {line}")) : detail is null ? "" : $" {detail}";

    private static string Rate(TransferDocument transfer) =>
        transfer.Seconds > 0.1 ? $", {Words.Bytes(transfer.BytesSent / transfer.Seconds)}/s" : "";
}
