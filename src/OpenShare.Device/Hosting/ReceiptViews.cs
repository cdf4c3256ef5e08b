using Google.Protobuf;
using OpenShare.Device.Registration;
using OpenShare.Device.Transfers;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Hosting;

/// <summary>Receipts as a person sees them.</summary>
internal static class ReceiptViews
{
    internal static ReceiptView From(Receipt receipt, TransferId? transfer) => new(
        transfer,
        receipt.ManifestId,
        receipt.Sender,
        receipt.Receiver,
        receipt.Certificate.Name,
        receipt.FinalPageSha256,
        TransferViews.Summary(receipt),
        [.. receipt.Outcomes.Select(o => new ReceiptEntry(o.EntryNo, Path: null, ResultOf(o.Outcome), Text(o.StoredAs), Text(o.Detail)))],
        receipt.Blob.ToByteArray());

    internal static ReceiptCheck Check(ReadOnlyMemory<byte> bytes, DeviceIdentity? identity)
    {
        if (bytes.Length > 4 * Limits.SignedPayload || !Messages.TryParse(FinalReceipt.Parser, bytes.Span, out var blob))
            return new ReceiptCheck("This is not a receipt, or it is damaged.", null, null);
        if (identity is null)
            return new ReceiptCheck("This device is not registered, so it has no keys to check a receipt by.", null, null);
        return ReceiptVerifier.Verify(blob, identity.Trust) switch
        {
            ReceiptVerdict.Genuine genuine => new ReceiptCheck(null, null, From(genuine.Receipt, null)),
            ReceiptVerdict.Refused refused => new ReceiptCheck(refused.Message, null, TryRead(blob)),
            _ => new ReceiptCheck("This receipt could not be judged.", null, null),
        };
    }

    private static ReceiptView? TryRead(FinalReceipt blob)
    {
        try
        {
            return From(Receipt.Read(blob), null);
        }
        catch (ProtocolException)
        {
            return null;
        }
    }

    private static EntryResult ResultOf(EntryOutcome.Types.Outcome outcome) => outcome switch
    {
        EntryOutcome.Types.Outcome.Delivered => EntryResult.Delivered,
        EntryOutcome.Types.Outcome.Withdrawn => EntryResult.Withdrawn,
        _ => EntryResult.Refused,
    };

    private static string? Text(string text) => text.Length == 0 ? null : Printable.Shorten(text);
}
