using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>What the database has of a receiving transfer, as its machine goes on from.</summary>
internal static class KeptTransfer
{
    /// <summary>
    /// Of one that is over, whatever late word of its sender woke it: it has but to say how it ended, so its destination, which may
    /// be gone or not be mounted, is neither opened nor made. Blocks: for a worker.
    /// </summary>
    /// <returns>null: it goes on</returns>
    /// <exception cref="ProtocolException">what was kept does not hold together</exception>
    internal static ReceiverRecord? ReadEnded(TransferScope scope, PublicKey senderKey)
    {
        // With a receipt all is in its place, but for what was left out.
        var receipt = scope.Stores.Receipts.Find(scope.No);
        if (receipt is null && !scope.Record.IsOver)
            return null;
        var stored = StoredManifest.Read(scope.Stores.Manifests, scope.No, new ManifestReader(senderKey, scope.Key.Peer, scope.Identity.DeviceId));
        var held = new ChunkMap();
        if (receipt is not null && stored is not null)
            held.Add(new ChunkRange(0, stored.Manifest.Pages[^1].Chunks.End));
        return Read(scope, stored?.Pages ?? [], held, receipt);
    }

    internal static ReceiverRecord Read(TransferScope scope, IReadOnlyList<Signed> pages, ChunkMap held, FinalReceipt? receipt)
    {
        var (stores, outcomes) = (scope.Stores, scope.Stores.Outcomes.All(scope.No));
        var receiptState = receipt is null ? KeptReceipt.None : stores.Receipts.IsConfirmed(scope.No) ? KeptReceipt.Confirmed : KeptReceipt.Unconfirmed;
        return new ReceiverRecord(
            pages,
            held,
            outcomes.Where(o => o.Outcome == EntryOutcome.Types.Outcome.Withdrawn).ToDictionary(o => o.EntryNo, o => o.Detail),
            [.. outcomes.Select(Outcomes.NotStored).OfType<EntryNote.NotStored>()],
            ReceiverStates.Kept(scope.Record.State, stores.Outcomes.Names(scope.No).Count > 0, receiptState),
            scope.Record.Detail,
            receipt);
    }
}
