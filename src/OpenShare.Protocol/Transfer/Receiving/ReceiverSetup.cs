using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>What a receiver machine is made of, new or restored.</summary>
/// <param name="SenderKey">the key in the sender's verified certificate</param>
/// <param name="Signer">the receiving device's key</param>
/// <param name="Certificate">the receiving device's certificate: it travels with the receipt</param>
public sealed record ReceiverSetup(
    TransferId Transfer, DeviceId Sender, PublicKey SenderKey, ISigner Signer, DeviceCertificate Certificate, TransferTuning Tuning)
{
    /// <summary>Null: none.</summary>
    public OfferLimit? Limit { get; init; }
}

/// <summary>What this sender may send in one transfer.</summary>
/// <param name="Refusal">for his person</param>
public sealed record OfferLimit(long MostBytes, string Refusal);

/// <summary>What was kept of a receiving transfer before a restart.</summary>
/// <param name="Pages">all stored pages, in order</param>
/// <param name="Held">chunks that are verified, written, and trusted to be there still</param>
/// <param name="Withdrawn">reasons by entry number</param>
/// <param name="Refused">entries that cannot be, or are not to be, stored here</param>
/// <param name="State">the last one kept</param>
public sealed record ReceiverRecord(
    IEnumerable<Signed> Pages, ChunkMap Held, IReadOnlyDictionary<uint, string> Withdrawn, IReadOnlyList<EntryNote.NotStored> Refused,
    ReceiverState State, string Reason, FinalReceipt? Receipt);
