using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>What a sender machine is made of, new or restored.</summary>
/// <param name="Signer">the sending device's key</param>
/// <param name="Trust">what the receipt's certificate is judged by</param>
/// <param name="BytesPerSecond">of files, at most; 0: as many as go</param>
/// <param name="AwaitsLists">the receiver is likely to have it all: a page's chunks wait for its list of what is missing</param>
public sealed record SenderSetup(
    TransferId Transfer, ManifestId Manifest, DeviceId Sender, DeviceId Receiver, ISigner Signer, TrustRoot Trust, TransferTuning Tuning, long BytesPerSecond = 0, bool AwaitsLists = false)
{
    /// <summary>Shared with the transfers that go to the same device.</summary>
    public ISendTurns Turns { get; init; } = ISendTurns.Alone;
}

/// <summary>What was kept of a sending transfer before a restart. What the receiver has it will say itself.</summary>
/// <param name="Pages">all stored pages, in order</param>
/// <param name="Withdrawn">reasons by entry number</param>
/// <param name="State">the last one kept</param>
public sealed record SenderRecord(
    IEnumerable<Signed> Pages, IReadOnlyDictionary<uint, string> Withdrawn, SenderState State, string Reason, FinalReceipt? Receipt);
