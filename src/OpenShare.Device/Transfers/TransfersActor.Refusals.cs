using Akka.Actor;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;

namespace OpenShare.Device.Transfers;

/// <summary>Peers that cannot be linked with: not yet, or not at all.</summary>
internal sealed partial class TransfersActor
{
    private sealed record RenewedPerhaps;

    // Whoever has a certificate that has ended asks for another as soon as it reaches the service.
    private static readonly TimeSpan s_renewal = TimeSpan.FromMinutes(1);

    private void OnLinkFailed(PeerEvents.LinkFailed failed)
    {
        object signal = failed.WillRetry
            ? new TransferSignals.LinkDelayed(failed.Problem.Detail)
            : new TransferSignals.LinkRefused(failed.Problem);
        foreach (var (_, session) in SessionsWith(failed.Device))
            session.Tell(signal);
        if (failed.WillRetry)
            return;
        if (EndsNothingReceived(failed.Problem))
        {
            if (!Timers.IsTimerActive(nameof(RenewedPerhaps)))
                Timers.StartSingleTimer(nameof(RenewedPerhaps), new RenewedPerhaps(), s_renewal);
            return;
        }
        foreach (var (no, record) in WithoutSession(failed.Device).Where(t => t.Transfer.Key.Direction == TransferDirection.Receiving))
            GiveUp(no, record, failed.Problem.Detail);
    }

    /// <summary>
    /// It passes by itself, and a receiver that dials is the first to be told: what it has would be gone before the other, who comes back
    /// after its certificate's end, has renewed it.
    /// </summary>
    internal static bool EndsNothingReceived(LinkProblem problem) => problem.Refusal == LinkRefusal.Expired;
}
