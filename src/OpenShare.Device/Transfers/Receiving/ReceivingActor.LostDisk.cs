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

    private void FailOf(DiskResult result)
    {
        if (result.Problem is DiskProblem.Lost && _machine!.State is ReceiverState.Receiving or ReceiverState.Placing)
            Lose(result.Detail);
        else
            Fail(result.Detail);
    }

    private void Lose(string reason)
    {
        // What the system could not write it drops, and the next sync says nothing of it (ADR 0055): it travels again. Once names are
        // chosen all was synced, and some of it may be in its place.
        if (Scope.Stores.Outcomes.Names(Scope.No).Count == 0)
            Scope.Stores.ChunkMaps.ForgetUnsynced(Scope.No);
        throw new DiskLostException(reason, _hasSynced);
    }
}
