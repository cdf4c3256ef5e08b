using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transfers.Contents;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Device.Transfers.Sending;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers;

/// <summary>The tables that belong to transfers.</summary>
public sealed record TransferStores(
    ITransferStore Transfers, IManifestStore Manifests, IChunkMapStore ChunkMaps, IOutcomeStore Outcomes, IReceiptStore Receipts, IHashStore Hashes,
    IContentStore Contents)
{
    internal static TransferStores Of(DeviceDatabase database) => new(
        database.Transfers, database.Manifests, database.Chunks, database.Outcomes, database.Receipts, database.Hashes, database.Contents);
}

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

    /// <inheritdoc cref="DeviceOptions.AllowsOverwriting"/>
    internal bool AllowsOverwriting { get; init; } = true;

    /// <summary>What this device has of the account's files.</summary>
    internal ContentIndex Contents => new(Stores.Contents, Disk, Identity.Certificate.Account);

    /// <summary>
    /// What may be used for, and learnt from, what this peer sends: what is missing here tells him what is not. Null: nothing. A peer of
    /// another account, or of none yet, gets every byte from himself.
    /// </summary>
    internal ContentIndex? ContentsFor(DeviceCertificate peer) => peer.Account == Identity.Certificate.Account && !peer.IsProvisional ? Contents : null;

    internal ProvisionalRule Provisional { get; init; } = ProvisionalRule.None;

    /// <summary>How much this sender may send at once, by the certificate under which the session began. Null: any amount.</summary>
    internal OfferLimit? LimitFor(DeviceCertificate sender) => sender.IsProvisional && Provisional.MostBytes is { } most
        ? new OfferLimit(
            most, $"{Identity.Certificate.Name} takes at most {ByteWords.Of(most, up: false)} at once from a device that is not registered. Send less, or register this device first: openshare register")
        : null;

    /// <summary>An earlier session of this process ended in the middle, perhaps on the link that is up.</summary>
    internal bool IsMadeAnew { get; init; }

    /// <summary>What an earlier session had a worker do, and is still done: a sync that fails would tell nobody what this one wrote meanwhile.</summary>
    internal Task Before { get; init; } = Task.CompletedTask;

    /// <summary>Whose frames go next, of all that are sent to this peer.</summary>
    internal PeerTurns Turns { get; init; } = new(Context);

    /// <summary>What is done where a name is taken: what the sender wishes, as far as this device's owner lets him.</summary>
    internal ConflictPolicy PolicyFor(Manifest manifest) =>
        manifest.Conflict is ConflictPolicy.Overwrite && !AllowsOverwriting ? ConflictPolicy.Rename : manifest.Conflict;
}
