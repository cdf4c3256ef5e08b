using System.Collections.Immutable;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Transfers;

/// <summary>
/// What is shown of all transfers. Those that are over are read once, and again when something happened to one: whoever follows what
/// goes on asks for all of them ten times a second.
/// </summary>
internal sealed partial class TransfersActor
{
    // Those that are told whoever asks for all.
    private const int Shown = 1_000;

    /// <param name="View">null: it was not over when it was read</param>
    private sealed record ShownTransfer(TransferNo No, TransferKey Key, TransferView? View);

    private ImmutableArray<ShownTransfer>? _shown;

    /// <param name="message">is about to be dealt with</param>
    private void LookAgainAfter(object message)
    {
        if (!IsOfNoneThatIsOver(message))
            _shown = null;
    }

    // What comes often while a transfer runs. All else may change one that is over, or what is said of it.
    private static bool IsOfNoneThatIsOver(object message) => message
        is TransferQueries.GetTransfers or TransferQueries.GetTransfer or TransferQueries.GetFiles
        or TransferSignals.ViewChanged { View.IsEnded: false }
        or TransferSignals.RoomWanted or TransferSignals.RoomTaken or TransferSignals.RoomUsed or RoomDue
        or PeerEvents.ControlReceived or PeerEvents.StreamOpened;

    private ImmutableArray<TransferView> AllShown()
    {
        var goingOn = _stores.Transfers.Unfinished().ToDictionary(t => t.No, t => t.Transfer);
        var shown = _shown ??= [.. _stores.Transfers.All(Shown).Select(t => new ShownTransfer(
            t.No, t.Transfer.Key, t.Transfer.IsOver && !goingOn.ContainsKey(t.No) ? _history.Resting(t.No, t.Transfer) : null))];
        var known = shown.Select(s => s.No).ToHashSet();
        var added = goingOn.Where(t => !known.Contains(t.Key)).OrderByDescending(t => t.Key.Value).Select(t => ViewOf(t.Key, t.Value));
        var names = new Dictionary<DeviceId, string?>();
        return [.. added, .. shown.Select(ViewOfShown).OfType<TransferView>()];

        TransferView? ViewOfShown(ShownTransfer s) =>
            goingOn.TryGetValue(s.No, out var record) ? ViewOf(s.No, record)
            : _running.TryGetValue(s.Key, out var running) ? running
            // It has ended since, which its session is about to tell.
            : s.View is { } view ? view with { PeerName = NameOf(s.Key.Peer) } : (_stores.Transfers.Find(s.Key) is var (no, ended) ? ViewOf(no, ended) : null);

        string? NameOf(DeviceId peer) => names.TryGetValue(peer, out var name) ? name : names[peer] = _history.NameOf(peer);
    }
}
