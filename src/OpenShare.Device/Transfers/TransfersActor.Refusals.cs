using Akka.Actor;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Transfers;

/// <summary>Peers that cannot be linked with: not yet, or not at all.</summary>
internal sealed partial class TransfersActor
{
    private sealed record AcceptedPerhaps;

    // A refusal is asked about again this seldom: its cause is in another's hands.
    private static readonly TimeSpan s_passing = TimeSpan.FromMinutes(1);

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
        // What is being put in place is here, and is cancelled by nothing.
        foreach (var (no, record) in WithoutSession(failed.Device)
            .Where(t => t.Transfer is { Key.Direction: TransferDirection.Receiving, State: not TransferState.Finishing }))
            GiveUp(no, record, failed.Problem.Detail);
    }

    /// <summary>
    /// It passes: whoever has a certificate that has ended renews it as soon as it reaches the service, and a person says which of two
    /// devices is the copy. What was begun waits, on both sides; what either throws away would have to travel again.
    /// </summary>
    internal static bool Passes(LinkProblem problem) => problem.Refusal is LinkRefusal.Expired or LinkRefusal.Duplicate;
}
