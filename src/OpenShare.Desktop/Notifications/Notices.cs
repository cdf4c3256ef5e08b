using OpenShare.Agent.Documents;

namespace OpenShare.Desktop.Notifications;

/// <summary>Decides what a person is told of what the agent does: each once.</summary>
/// <param name="began">what ended before is no news</param>
internal sealed class Notices(DateTimeOffset began)
{
    private readonly HashSet<string> _told = [];
    private readonly Dictionary<string, TransferDocument> _known = [];
    private readonly HashSet<string> _asked = [];
    private readonly DeviceNotices _devices = new();

    internal IReadOnlyList<NoticeChange> Of(UiEventDocument told) =>
        told.Transfer is { } transfer ? [OfTransfer(transfer)]
        : told.Comparisons is { } comparisons ? OfComparisons(comparisons)
        : told.Peers is { } peers ? _devices.OfPeers(peers)
        : told.Status is { } status ? _devices.OfStatus(status)
        : [];

    private NoticeChange OfTransfer(TransferDocument transfer)
    {
        var wasUnderWay = _known.TryGetValue(transfer.TransferId, out var before) ? !before.IsEnded() : transfer.StartedAt >= began;
        var wasOffer = before?.IsOffer() ?? false;
        _known[transfer.TransferId] = transfer;
        IReadOnlyList<string> over = wasOffer && !transfer.IsOffer() ? [OfferKey(transfer)] : [];
        var notice = transfer.IsOffer() ? Offer(transfer) : transfer.IsEnded() && wasUnderWay ? Ended(transfer) : null;
        return new NoticeChange(notice is not null && _told.Add(notice.Key) ? notice : null, over);
    }

    private IReadOnlyList<NoticeChange> OfComparisons(IReadOnlyList<ComparisonDocument> comparisons)
    {
        var asked = comparisons.Where(c => c.IsAsked).ToDictionary(CompareKey);
        var over = _asked.Where(key => !asked.ContainsKey(key)).ToList();
        _asked.Clear();
        _asked.UnionWith(asked.Keys);
        return
        [
            new NoticeChange(null, over),
            .. asked.Where(c => _told.Add(c.Key)).Select(c => new NoticeChange(Comparison(c.Key, c.Value), [])),
        ];
    }

    private static Notice Offer(TransferDocument transfer) => new(
        OfferKey(transfer), $"{transfer.Other()} wants to send",
        $"{Plain.Line(transfer.Summary)}{(transfer.TotalsKnown ? $", {Size(transfer.BytesTotal)}" : "")}", IsUrgent: true,
        NoticeAction.Accept, NoticeAction.Decline, NoticeAction.Open);

    private static Notice? Ended(TransferDocument transfer)
    {
        var (key, what) = ($"ended {transfer.TransferId}", Plain.Line(transfer.Summary));
        var way = transfer.IsReceiving() ? $"from {transfer.Other()}" : $"to {transfer.Other()}";
        return transfer.State switch
        {
            TransferStates.Completed => new Notice(key, transfer.IsReceiving() ? "Received" : "Sent", $"{what} {way}", IsUrgent: false, NoticeAction.Open),
            TransferStates.Incomplete => new Notice(key, "Not everything arrived", $"{what} {way}{Why(transfer)}", IsUrgent: true, NoticeAction.Open),
            TransferStates.Failed => new Notice(key, transfer.IsReceiving() ? "Receiving failed" : "Sending failed", $"{what} {way}{Why(transfer)}", IsUrgent: true, NoticeAction.Open),
            TransferStates.Declined when !transfer.IsReceiving() => new Notice(key, "Declined", $"{what} {way}", IsUrgent: false, NoticeAction.Open),
            // Whoever cancels or declines knows.
            _ => null,
        };
    }

    private static Notice Comparison(string key, ComparisonDocument comparison) => new(
        key, $"Compare the code with {Plain.Line(comparison.PeerName)}", "Open the page and say whether both screens show the same digits.", IsUrgent: true, NoticeAction.Open);

    private static string Why(TransferDocument transfer) => transfer.Detail is { } detail ? $": {Plain.Line(detail.Replace("\n", "; ", StringComparison.Ordinal))}" : "";

    private static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => FormattableString.Invariant($"{bytes / (double)(1L << 30):0.#} GiB"),
        >= 1L << 20 => FormattableString.Invariant($"{bytes / (double)(1L << 20):0.#} MiB"),
        >= 1L << 10 => FormattableString.Invariant($"{bytes / (double)(1L << 10):0.#} KiB"),
        _ => $"{bytes} bytes",
    };

    internal static string OfferKey(TransferDocument transfer) => $"offer {transfer.TransferId}";

    private static string CompareKey(ComparisonDocument comparison) => $"compare {comparison.Id}";
}
