using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Transfers;

/// <summary>Which links are wanted, for what of the transfers goes on here; and what comes of them.</summary>
internal sealed partial class TransfersActor
{
    private sealed record AcceptedPerhaps;

    // A refusal is asked about again this seldom: its cause is in another's hands.
    private static readonly TimeSpan s_passing = TimeSpan.FromMinutes(1);

    private bool GoesOn(TransferDirection direction) => _part == TransferPart.All || (_part == TransferPart.Sending && direction == TransferDirection.Sending);

    private IEnumerable<(TransferNo No, TransferRecord Transfer)> GoingOn() => _stores.Transfers.Unfinished().Where(t => GoesOn(t.Transfer.Key.Direction));

    private List<(TransferNo No, TransferRecord Transfer)> WithoutSession(DeviceId peer) =>
        [.. GoingOn().Where(t => t.Transfer.Key.Peer == peer && !_sessions.ContainsKey(t.Transfer.Key))];

    // Both sides of what is not over want a link, until it is: a sender's last word may have gone into a link that was dead, or to a receiver that died
    // of something else, and then he has no reason to come back; but who asks him is told.
    private void ConnectAgain()
    {
        foreach (var peer in GoingOn().Select(t => t.Transfer.Key.Peer).Concat(_sessions.Keys.Where(k => !IsOver(k)).Select(k => k.Peer)).Distinct())
            _peers.Tell(new PeerCommands.Connect(peer));
    }

    private void ReleaseUnlessWanted(DeviceId peer)
    {
        if (!_stores.Transfers.GoesOnWith(peer))
            _peers.Tell(new PeerCommands.Release(peer));
    }

    private void OnLinkOpened(PeerEvents.LinkOpened opened)
    {
        if (_links.TryGetValue(opened.Device, out var link) && link.Link == opened.Link)
            return;
        _links[opened.Device] = opened;
        _early.DropAllFrom(opened.Device);
        foreach (var (_, session) in SessionsWith(opened.Device))
            session.Tell(new TransferSignals.LinkUp(opened.Link, opened.Certificate, opened.Carrier));
        foreach (var (no, record) in WithoutSession(opened.Device))
            Start(no, record);
    }

    private void OnLinkClosed(PeerEvents.LinkClosed closed)
    {
        if (_links.TryGetValue(closed.Device, out var link) && link.Link == closed.Link)
        {
            _links.Remove(closed.Device);
            _early.DropAllFrom(closed.Device);
        }
        foreach (var (_, session) in SessionsWith(closed.Device))
            session.Tell(new TransferSignals.LinkDown(closed.Link));
    }

    private void OnLinkFailed(PeerEvents.LinkFailed failed)
    {
        object signal = failed.WillRetry
            ? new TransferSignals.LinkDelayed(failed.Problem.Detail)
            : new TransferSignals.LinkRefused(failed.Problem);
        foreach (var (_, session) in SessionsWith(failed.Device))
            session.Tell(signal);
        if (failed.WillRetry)
            return;
        if (Passes(failed.Problem))
        {
            if (!Timers.IsTimerActive(nameof(AcceptedPerhaps)))
                Timers.StartSingleTimer(nameof(AcceptedPerhaps), new AcceptedPerhaps(), s_passing);
            return;
        }
        // Also what was being put in place: without a link to its sender nobody goes on with that.
        foreach (var (no, record) in WithoutSession(failed.Device).Where(t => t.Transfer.Key.Direction == TransferDirection.Receiving))
            GiveUp(no, record, failed.Problem.Detail);
    }

    /// <summary>
    /// It passes: whoever has a certificate that has ended renews it as soon as it reaches the service, and a person says which of two
    /// devices is the copy. What was begun waits, on both sides; what either throws away would have to travel again.
    /// </summary>
    internal static bool Passes(LinkProblem problem) => problem.Refusal is LinkRefusal.Expired or LinkRefusal.Duplicate;
}
