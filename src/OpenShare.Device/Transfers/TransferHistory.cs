using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;
using ChunkMap = OpenShare.Protocol.Transfer.Chunks.ChunkMap;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Transfers;

/// <summary>What is kept of transfers, for those who ask. Reads the database only, so any thread may ask.</summary>
internal sealed class TransferHistory(TransferStores stores, IPeerStore peers)
{
    internal (TransferNo No, TransferRecord Record)? Find(TransferId id) => stores.Transfers.Find(id);

    internal string? NameOf(DeviceId peer) => peers.Find(peer)?.Name;

    internal TransferView Resting(TransferNo no, TransferRecord record) =>
        TransferViews.Resting(record, NameOf(record.Key.Peer), record.IsOver ? stores.Receipts.Find(no) : null);

    internal ReceiptAnswer ReceiptOf(TransferId id, DeviceId self) =>
        Find(id) is var (no, record) && stores.Receipts.Find(no) is { } receipt
            ? new ReceiptAnswer(receipt, ManifestOf(no, record, self))
            : new ReceiptAnswer(null, ManifestAnswer.None);

    /// <summary>What this device knows of the transfer that a receipt names.</summary>
    internal ManifestAnswer ManifestOf(ManifestId id, DeviceId self) =>
        stores.Transfers.Find(id) is var (no, record) ? ManifestOf(no, record, self) : ManifestAnswer.None;

    internal ManifestAnswer ManifestOf(TransferId id, DeviceId self) =>
        Find(id) is var (no, record) ? ManifestOf(no, record, self) : ManifestAnswer.None;

    /// <summary>Of a transfer that no session runs for.</summary>
    internal FilesAnswer FilesOf(TransferNo no, TransferRecord record, FilesAsked asked, DeviceId self)
    {
        var isDelivered = record.State is TransferState.Completed or TransferState.Incomplete;
        if (record.IsOver && !isDelivered || StoredManifest.Read(stores.Manifests, no, ReaderOf(record, self)) is not { Manifest: var manifest })
            return FilesAnswer.None;
        var left = isDelivered && stores.Receipts.Find(no) is { } receipt
            ? Receipt.Read(receipt).Outcomes.Where(e => e.Outcome != EntryOutcome.Types.Outcome.Delivered).Select(e => new ChunkRange(e.EntryNo, e.Count))
            : stores.Outcomes.All(no).Select(o => new ChunkRange(o.EntryNo, 1));
        var (leftOut, there) = (new ChunkMap(), isDelivered ? null : ChunksThere(no, manifest));
        foreach (var range in left)
            leftOut.Add(range);
        return new FilesAnswer(FilesProgress.Of(manifest, ordinal => there?.Contains(ordinal) ?? true, entry => leftOut.Contains(entry), new HashSet<uint>(), asked));
    }

    // What was written before a restart and is looked at again then counts here: it is there, as far as is known.
    private ChunkMap ChunksThere(TransferNo no, Manifest manifest)
    {
        var there = new ChunkMap();
        foreach (var map in stores.ChunkMaps.Load(no))
        {
            foreach (var i in ChunkBits.Set(map.Written))
                there.Add(manifest.Pages[(int)map.Page].FirstOrdinal + i);
        }
        return there;
    }

    private static ManifestReader ReaderOf(TransferRecord record, DeviceId self) =>
        record.Key.Direction == TransferDirection.Sending ? ManifestReader.OfKept(self, record.Key.Peer) : ManifestReader.OfKept(record.Key.Peer, self);

    private ManifestAnswer ManifestOf(TransferNo no, TransferRecord record, DeviceId self)
    {
        if (StoredManifest.Read(stores.Manifests, no, ReaderOf(record, self)) is not { Manifest.IsComplete: true } stored)
            return ManifestAnswer.None;
        var withdrawn = stores.Outcomes.All(no)
            .Where(o => o.Outcome == EntryOutcome.Types.Outcome.Withdrawn).Select(o => o.EntryNo).ToHashSet();
        return new ManifestAnswer(stored.Manifest, stored.Pages[^1], withdrawn.Contains);
    }
}
