using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Transfer.Receiving;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>
/// A disk that is lost under way: unplugged, its server gone. The session is made anew after a while: then its disk is away, which
/// is waited for (<see cref="DiskProblem.Away"/>), or there again, or it is given up (ADR 0056).
/// </summary>
internal sealed partial class ReceivingActor
{
    // In this session: what is lost after that is another time.
    private bool _hasSynced;

    private void FailOf(Exception error) => FailOf(error.GetBaseException() is DiskFault fault ? fault.Result : new DiskResult(DiskProblem.Failed, error.Message));

    private void FailOf(DiskResult result)
    {
        if (result.Problem is DiskProblem.Lost or DiskProblem.ReadOnly && _machine!.State is ReceiverState.Receiving or ReceiverState.Settling or ReceiverState.Placing)
            Lose(result);
        else
            Fail(result.Detail);
    }

    // What the system could not write it drops, and the next sync says nothing of it (ADR 0055): the next session writes again what none covered.
    private void Lose(DiskResult result) =>
        throw new DiskLostException(result.Detail, _hasSynced || result.Problem is DiskProblem.ReadOnly);
}
