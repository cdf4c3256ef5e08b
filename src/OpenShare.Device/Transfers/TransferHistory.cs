using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers;

/// <summary>What is kept of transfers, for those who ask. Reads the database only, so any thread may ask.</summary>
internal sealed class TransferHistory(TransferStores stores, IPeerStore peers)
{
    internal (TransferNo No, TransferRecord Record)? Find(TransferId id) => stores.Transfers.Find(id);

    internal TransferView Resting(TransferNo no, TransferRecord record) =>
        TransferViews.Resting(record, peers.Find(record.Key.Peer)?.Name, record.IsOver ? stores.Receipts.Find(no) : null);

    internal ReceiptAnswer ReceiptOf(TransferId id, DeviceId self) =>
        Find(id) is var (no, record) && stores.Receipts.Find(no) is { } receipt
            ? new ReceiptAnswer(receipt, ManifestOf(no, record, self))
            : new ReceiptAnswer(null, ManifestAnswer.None);

    /// <summary>What this device knows of the transfer that a receipt names.</summary>
    internal ManifestAnswer ManifestOf(ManifestId id, DeviceId self) =>
        stores.Transfers.Find(id) is var (no, record) ? ManifestOf(no, record, self) : ManifestAnswer.None;

    internal ManifestAnswer ManifestOf(TransferId id, DeviceId self) =>
        Find(id) is var (no, record) ? ManifestOf(no, record, self) : ManifestAnswer.None;

    private ManifestAnswer ManifestOf(TransferNo no, TransferRecord record, DeviceId self)
    {
        var isSending = record.Key.Direction == TransferDirection.Sending;
        var reader = isSending ? ManifestReader.OfKept(self, record.Key.Peer) : ManifestReader.OfKept(record.Key.Peer, self);
        if (StoredManifest.Read(stores.Manifests, no, reader) is not { Manifest.IsComplete: true } stored)
            return ManifestAnswer.None;
        var withdrawn = stores.Outcomes.All(no)
            .Where(o => o.Outcome == EntryOutcome.Types.Outcome.Withdrawn).Select(o => o.EntryNo).ToHashSet();
        return new ManifestAnswer(stored.Manifest, stored.Pages[^1], withdrawn.Contains);
    }
}
