using Google.Protobuf;
using OpenShare.Device.Registration;
using OpenShare.Device.Transfers;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Views;

/// <summary>Receipts as a person sees them.</summary>
internal static class ReceiptViews
{
    /// <param name="manifest">what was sent, where this device knows it</param>
    internal static ReceiptView From(Receipt receipt, TransferId? transfer, Manifest? manifest) => new(
        transfer,
        receipt.ManifestId,
        receipt.Sender,
        receipt.Receiver,
        receipt.Certificate.Name,
        receipt.FinalPageSha256,
        TransferViews.Summary(receipt),
        [.. receipt.Outcomes.SelectMany(run => Entries(run, manifest))],
        receipt.Blob.ToByteArray());

    internal static FinalReceipt? Parse(ReadOnlyMemory<byte> bytes) =>
        bytes.Length <= 4 * Limits.SignedPayload && Messages.TryParse(FinalReceipt.Parser, bytes.Span, out var blob) ? blob : null;

    internal static ReceiptCheck Check(FinalReceipt? blob, DeviceIdentity? identity, ManifestAnswer known)
    {
        if (blob is null)
            return new ReceiptCheck("This is not a receipt, or it is damaged.", null, null);
        if (identity is null)
            return new ReceiptCheck("This device is not registered, so it has no keys to check a receipt by.", null, null);
        var verdict = known.Manifest is { } manifest
            ? ReceiptVerifier.Verify(blob, identity.Trust, manifest, known.Withdrawn)
            : ReceiptVerifier.Verify(blob, identity.Trust);
        return verdict switch
        {
            ReceiptVerdict.Genuine genuine => new ReceiptCheck(null, known.Manifest is null ? null : true, From(genuine.Receipt, null, known.Manifest)),
            ReceiptVerdict.Refused refused => new ReceiptCheck(
                refused.Message, refused.Kind is ReceiptRefusalKind.OtherTransfer or ReceiptRefusalKind.WrongEntries ? false : null,
                TryRead(blob) is { } receipt ? From(receipt, null, null) : null),
            _ => new ReceiptCheck("This receipt could not be judged.", null, null),
        };
    }

    // Without the manifest a run stays one line: a receipt may name millions of entries, and anybody may hand one in.
    private static IEnumerable<ReceiptEntry> Entries(EntryOutcome run, Manifest? manifest)
    {
        if (manifest is null || run.EntryNo + (long)run.Count > manifest.Entries.Count)
            return [Entry(run, run.EntryNo, run.Count, path: null)];
        return Enumerable.Range((int)run.EntryNo, (int)run.Count).Select(no => Entry(run, (uint)no, 1, manifest.Entries[no].Path.Value));
    }

    private static ReceiptEntry Entry(EntryOutcome run, uint number, uint count, string? path) =>
        new(number, count, path, ResultOf(run.Outcome), Text(run.StoredAs), Text(run.Detail));

    /// <returns>null where it does not hold together</returns>
    internal static Receipt? TryRead(FinalReceipt? blob)
    {
        try
        {
            return blob is null ? null : Receipt.Read(blob);
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
        EntryOutcome.Types.Outcome.Skipped => EntryResult.Skipped,
        _ => EntryResult.Refused,
    };

    private static string? Text(string text) => text.Length == 0 ? null : Printable.Shorten(text);
}
