using System.Collections.Immutable;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A database's receipts.</summary>
/// <param name="note">before one is noted; it throws where there is no room</param>
internal sealed class ReceiptsWithRoom(IReceiptStore inner, Action note) : IReceiptStore
{
    public void Save(TransferNo transfer, FinalReceipt receipt, TransferRecord completed)
    {
        note();
        inner.Save(transfer, receipt, completed);
    }

    public FinalReceipt? Find(TransferNo transfer) => inner.Find(transfer);

    public void MarkConfirmed(TransferNo transfer) => inner.MarkConfirmed(transfer);

    public bool IsConfirmed(TransferNo transfer) => inner.IsConfirmed(transfer);

    public IReadOnlyList<TransferNo> Unconfirmed() => inner.Unconfirmed();
}

/// <summary>A database's transfers.</summary>
/// <param name="note">before an "order" or a later "state" is noted; it throws where there is no room</param>
internal sealed class TransfersWithRoom(ITransferStore inner, Action<string> note) : ITransferStore
{
    public TransferNo Add(TransferRecord transfer)
    {
        note("order");
        return inner.Add(transfer);
    }

    public void Update(TransferNo no, TransferRecord transfer)
    {
        note("state");
        inner.Update(no, transfer);
    }

    public (TransferNo No, TransferRecord Transfer)? Find(TransferKey key) => inner.Find(key);

    public (TransferNo No, TransferRecord Transfer)? Find(TransferId id) => inner.Find(id);

    public (TransferNo No, TransferRecord Transfer)? Find(ManifestId id) => inner.Find(id);

    public IReadOnlyList<(TransferNo No, TransferRecord Transfer)> All(int most)
    {
        note("all are read");
        return inner.All(most);
    }

    public IReadOnlyList<(TransferNo No, TransferRecord Transfer)> Unfinished() => inner.Unfinished();

    public bool GoesOnWith(DeviceId peer) => inner.GoesOnWith(peer);

    public int CountReceiving(DeviceId peer) => inner.CountReceiving(peer);

    public bool WasDelivered(DeviceId peer, ImmutableArray<string> paths) => inner.WasDelivered(peer, paths);

    public IReadOnlyList<string> Destinations() => inner.Destinations();

    public void DropWorkingState(TransferNo no) => inner.DropWorkingState(no);

    public void DropWorkingState(DateTimeOffset endedBefore) => inner.DropWorkingState(endedBefore);

    public void Forget(int allBut, long listBytes, DateTimeOffset endedBefore) => inner.Forget(allBut, listBytes, endedBefore);
}

/// <summary>A database's hashes of files.</summary>
/// <param name="note">before some are noted; it throws where there is no room</param>
internal sealed class HashesWithRoom(IHashStore inner, Action note) : IHashStore
{
    public byte[]? Find(FileIdentity file, long stretch, int chunkSize) => inner.Find(file, stretch, chunkSize);

    public void Save(IReadOnlyCollection<HashedStretch> stretches)
    {
        note();
        inner.Save(stretches);
    }

    public void Forget(FileIdentity file) => inner.Forget(file);
}
