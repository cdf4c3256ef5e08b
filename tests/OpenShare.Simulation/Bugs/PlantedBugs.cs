using System.Collections.Immutable;

namespace OpenShare.Simulation.Bugs;

/// <summary>The bugs that are planted to see whether they are found, each with the one alarm that is to find it.</summary>
internal static class PlantedBugs
{
    internal static ImmutableArray<PlantedBug> All { get; } =
    [
        // ------------------------------------------------ transfer: bytes
        new("skip-a-hash-check", "A chunk is written whatever its hash.", "delivered-as-sent", "full", Device("Transfers.Receiving.FrameWriting", "Run")),
        new("shorten-the-last-chunk", "Off by one: a file's last chunk lacks its last byte.", "acknowledged-is-written", "quiet", Device("Storage.Disk.Receiving.StagedDestination", "Write")),
        new("acknowledge-before-writing", "A frame is acknowledged when it is given to the disk.", "acknowledged-is-written", "killed", Device("Transfers.Receiving.ReceivingActor", "WriteFrame")),
        new("forget-the-bitmap", "After a restart nothing is known to be there.", "little-travels-twice", "large", Device("Storage.Database.SqliteChunkMapStore", "Load")),
        new("trust-what-was-not-synced", "After a loss of power all that was written is trusted.", "whole-under-its-name", "power", Device("Storage.Database.SqliteChunkMapStore/Row", "ToMap")),
        new("call-it-durable-before-the-sync", "A checkpoint is noted, and nothing synced.", "whole-under-its-name", "blackout", Device("Storage.Disk.Receiving.StagedDestination", "Sync")),
        new("forget-what-is-durable", "After a restart nothing is known of what was synced.", "little-travels-twice", "dark", Device("Storage.Database.SqliteChunkMapStore/Row", "ToMap")),
        new("leave-unsynced-what-a-killed-process-wrote", "What a killed process wrote is called durable, and not synced.", "whole-under-its-name", "revived", Device("Transfers.Receiving.ReceivingActor", "SyncSoon")),
        new("believe-what-is-in-memory", "What no sync covered is read and hashed after a kill, and not written again.", "whole-under-its-name", "revived", Device("Transfers.Receiving.FrameWriting", "Again")),
        new("place-without-sync", "Files are renamed into place before their data is synced.", "whole-under-its-name", "power", Device("Storage.Disk.Receiving.Finishing", "SyncNow")),

        // ------------------------------------------------ transfer: placing and ending
        new("place-twice", "After a crash what is in its place already is not known again.", "every-transfer-ends", "killed", Device("Storage.Disk.Receiving.Placing", "StandsInPlace")),
        new("place-in-the-parent", "A top is put beside the destination instead of into it.", "inside-the-destination", "quiet", Device("Storage.Disk.Receiving.StagedDestination", "Open")),
        new("succeed-without-receipt", "All is acknowledged, so the sender calls it done.", "no-surprise", "quiet", Protocol("Transfer.Sending.SenderMachine", "Advance")),
        new("lose-the-receipt", "The receipt is not stored, only the word that it came.", "receipt-before-success", "killed", Device("Storage.Database.SqliteReceiptStore", "Save")),
        new("answer-the-confirmation", "Whoever confirms a receipt is given it again.", "everything-is-bounded", "quiet", Protocol("Transfer.Receiving.ReceiverMachine", "OnReceived")),
        new("wait-for-who-will-not-come", "A receiver that is started again waits for its sender to come back.", "every-transfer-ends", "cancelled", Device("Transfers.TransfersActor", "ConnectAgain")),
        new("leave-the-parts", "What had arrived of a transfer that ends stays.", "nothing-stays", "cancelled", Device("Storage.Disk.Receiving.StagedDestination", "Discard")),
        new("lose-a-credit", "A window's place is not given back.", "keeps-moving", "quiet", Protocol("Transfer.Sending.SendWindow", "Settle")),

        // ------------------------------------------------ handshake and channel
        new("repeat-a-nonce", "The counter stands still.", "no-record-twice", "quiet", Protocol("Channel.RecordKey", "Next")),
        new("share-stream-keys", "A stream's keys come from the session alone: all its streams have the same.", "no-record-twice", "quiet", Protocol("Channel.StreamJoin", "Expand")),
        new("print-the-join-secret", "A session prints as what is inside it.", "no-secrets-in-logs", "quiet", Device("Peers.PeerActor", "OnOpen")),
        new("send-the-private-key", "A handshake's nonce is the device's private key.", "no-key-in-messages", "quiet", Protocol("Handshake.HandshakeInitiator", "Start")),
        new("leave-streams-open", "A stream's connection stays when its actor stops.", "everything-is-bounded", "flapping", Device("Transfers.Sending.SendingStreamActor", "PostStop")),

        // ------------------------------------------------ revocation and discovery
        new("accept-an-older-list", "Any list that is signed takes the place of the one held.", "revoked-is-cut-off", "revoked", Protocol("Revocation.RevocationList", "IsNewerThan")),
        new("ignore-revocation", "The list is kept, and nobody looks into it.", "key-is-kept-from-the-revoked", "revoked", Protocol("Revocation.RevocationList", "Names")),
        new("keep-revoked-links", "New connections are refused, open ones stay.", "revoked-is-cut-off", "revoked", Device("Peers.PeerActor", "OnPartyChanged")),
        new("answer-the-revoked", "The service gives the discovery key to whoever was registered once.", "key-is-kept-from-the-revoked", "revoked", Service("Issuing.ProvenRequests", "Objection")),
        new("keep-the-discovery-key", "A revocation leaves the account's discovery key as it is.", "key-is-kept-from-the-revoked", "revoked", Service("Issuing.AccountKeys", "Renew")),
        new("announce-under-the-key-before", "A newer discovery key is kept, and announced is the one before.", "key-is-kept-from-the-revoked", "revoked", Device("Discovery.DiscoveryOptions", "ForMdns")),
        new("ignore-duplicates", "A device whose key is in two places is spoken with.", "duplicate-is-refused", "cloned", Device("Peers.PeersActor", "Party")),
        new("take-any-answer-for-a-proof", "Whoever is announced as a device is taken for its copy, whatever he answers.", "every-transfer-ends", "forged", Protocol("Discovery.Places.DuplicateCases", "HandleAnswered")),

        // ------------------------------------------------ pairing
        new("ignore-the-end-of-an-invitation", "An invitation is judged by the time at which it was made.", "paired-as-invited", "pairing", Protocol("Pairing.PairingChecks", "JudgeAsSponsor")),
        new("give-to-any-key", "Whoever was invited gets what another's invitation is good for.", "paired-as-invited", "pairing", Protocol("Pairing.PairingChecks", "JudgeAsSponsor")),
        new("remember-the-spent-in-memory", "After a restart a nonce that was spent is good again.", "paired-as-invited", "pairing", Device("Storage.Database.SqlitePairingStore", "Spend")),
        new("let-the-provisional-pair", "A certificate is read whose sponsor has a sponsor.", "provisional-keeps-its-bounds", "pairing", Protocol("Identity.DeviceCertificate", "ReadSponsor")),
        new("ignore-withdrawals", "What was taken back is kept and handed on, and nobody looks into it.", "withdrawn-is-cut-off", "pairing", Protocol("Handshake.PeerChecks", "JudgeProvisional")),
        new("forget-what-was-given", "A provisional certificate is in force, and not stored.", "paired-stays-paired", "pairing", Device("Storage.Database.SqliteRegistrationStore", "Save")),
    ];

    internal static PlantedBug Find(string name) =>
        All.FirstOrDefault(b => b.Name == name) ?? throw new ArgumentException($"There is no bug '{name}'. There are: {string.Join(", ", All.Select(b => b.Name))}.");

    private static PlantTarget Protocol(string type, string method) => new("OpenShare.Protocol", $"OpenShare.Protocol.{type}", method);

    private static PlantTarget Service(string type, string method) => new("openshare-server", $"OpenShare.Registration.{type}", method);

    private static PlantTarget Device(string type, string method) => new("OpenShare.Device", $"OpenShare.Device.{type}", method);
}
