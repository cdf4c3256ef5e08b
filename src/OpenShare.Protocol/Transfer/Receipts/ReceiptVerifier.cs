using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using Outcome = OpenShare.Protocol.Wire.EntryOutcome.Types.Outcome;

namespace OpenShare.Protocol.Transfer.Receipts;

/// <summary>What came of checking a receipt.</summary>
public abstract record ReceiptVerdict
{
    private ReceiptVerdict() { }

    public sealed record Genuine(Receipt Receipt) : ReceiptVerdict;

    /// <param name="Message">for a person</param>
    public sealed record Refused(ReceiptRefusalKind Kind, string Message) : ReceiptVerdict;
}

public enum ReceiptRefusalKind
{
    /// <summary>not a receipt, not whole, or its outcomes have gaps</summary>
    Damaged,

    /// <summary>its certificate is not one of this organisation</summary>
    UnknownCertificate,

    /// <summary>its certificate is that of another device than the receiver it names</summary>
    OtherDevice,

    /// <summary>its certificate was not valid when the receipt was made</summary>
    CertificateNotValid,

    /// <summary>the signature is not that device's over these bytes</summary>
    BadSignature,

    /// <summary>genuine, but for another transfer or other devices</summary>
    OtherTransfer,

    /// <summary>it does not say of every entry what became of it, or calls withdrawn what was not</summary>
    WrongEntries,
}

/// <summary>Checks receipts, offline: the organisation's trust root and the receipt itself are all it needs.</summary>
public static class ReceiptVerifier
{
    /// <summary>Checks that a device of this organisation made this receipt.</summary>
    public static ReceiptVerdict Verify(FinalReceipt blob, TrustRoot trust)
    {
        Receipt receipt;
        try
        {
            receipt = Receipt.Read(blob);
        }
        catch (ProtocolException error)
        {
            return Refuse(ReceiptRefusalKind.Damaged, error.Message);
        }
        var certificate = receipt.Certificate;
        if (!certificate.IsVouchedFor(trust))
            return Refuse(ReceiptRefusalKind.UnknownCertificate, "The receipt's certificate was not issued by your organisation.");
        if (certificate.DeviceId != receipt.Receiver)
            return Refuse(ReceiptRefusalKind.OtherDevice, $"The receipt names {receipt.Receiver} as the receiver, but its certificate is that of {certificate.DeviceId}.");
        if (certificate.ValidityAt(receipt.CompletedAt) != CertificateValidity.Valid)
            return Refuse(ReceiptRefusalKind.CertificateNotValid, "The receipt's certificate was not valid at the time the receipt gives.");
        if (!blob.Receipt.IsSignedBy(certificate.PublicKey, SignatureContext.Receipt))
            return Refuse(ReceiptRefusalKind.BadSignature, "The receipt is not signed by the receiving device, or was altered.");
        return new ReceiptVerdict.Genuine(receipt);
    }

    /// <summary>Checks a receipt against the transfer it should be for: what a sender asks before it says 'done'.</summary>
    /// <param name="manifest">complete, as the sender signed it</param>
    /// <param name="withdrawn">whether the sender withdrew this entry</param>
    public static ReceiptVerdict Verify(FinalReceipt blob, TrustRoot trust, Manifest manifest, Func<uint, bool> withdrawn)
    {
        var verdict = Verify(blob, trust);
        if (verdict is not ReceiptVerdict.Genuine { Receipt: var receipt })
            return verdict;
        if (receipt.ManifestId != manifest.Id || receipt.Sender != manifest.Sender || receipt.Receiver != manifest.Receiver
            || !manifest.IsComplete || !receipt.FinalPageSha256.Span.SequenceEqual(manifest.Pages[^1].PayloadSha256.Span))
            return Refuse(ReceiptRefusalKind.OtherTransfer, "The receipt is for another transfer.");
        if (receipt.EntryCount != manifest.Entries.Count)
            return Refuse(ReceiptRefusalKind.WrongEntries, $"The receipt is for {receipt.EntryCount} entries; {manifest.Entries.Count} were sent.");
        // The other way round is fine: a withdrawal can cross a receipt on its way.
        foreach (var run in receipt.Outcomes.Where(o => o.Outcome == Outcome.Withdrawn))
        {
            for (var number = run.EntryNo; number < run.EntryNo + run.Count; number++)
            {
                if (!withdrawn(number))
                    return Refuse(ReceiptRefusalKind.WrongEntries, $"The receipt calls '{Printable.Shorten(manifest.Entries[(int)number].Path.Value, 120)}' withdrawn, which it was not.");
            }
        }
        return verdict;
    }

    private static ReceiptVerdict.Refused Refuse(ReceiptRefusalKind kind, string message) => new(kind, message);
}
