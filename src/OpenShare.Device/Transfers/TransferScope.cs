using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;

namespace OpenShare.Device.Transfers;

/// <summary>The tables that belong to transfers.</summary>
public sealed record TransferStores(
    ITransferStore Transfers, IManifestStore Manifests, IChunkMapStore ChunkMaps, IOutcomeStore Outcomes, IReceiptStore Receipts, IHashStore Hashes);

/// <summary>What one session works with.</summary>
internal sealed record TransferScope(
    DeviceContext Context,
    TransferStores Stores,
    IDisk Disk,
    DeviceIdentity Identity,
    IActorRef Peers,
    TransferNo No,
    TransferRecord Record,
    AcceptPolicy Accept)
{
    internal TransferKey Key => Record.Key;
}
