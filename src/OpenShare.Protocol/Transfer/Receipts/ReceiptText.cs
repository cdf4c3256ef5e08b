using System.Globalization;
using System.Text;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using Outcome = OpenShare.Protocol.Wire.EntryOutcome.Types.Outcome;

namespace OpenShare.Protocol.Transfer.Receipts;

/// <summary>A receipt in a person's words.</summary>
public static class ReceiptText
{
    private const int Listed = 100;

    /// <param name="manifest">where it is still known: names instead of numbers</param>
    public static string Describe(Receipt receipt, Manifest? manifest = null)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Received by {Printable.Shorten(receipt.Certificate.Name)} ({receipt.Receiver}) from {receipt.Sender}\n");
        text.Append(CultureInfo.InvariantCulture, $"at {receipt.CompletedAt:yyyy-MM-dd HH:mm:ss} UTC, file list {receipt.ManifestId}\n");
        text.Append(CultureInfo.InvariantCulture, $"{receipt.Count(Outcome.Delivered)} delivered, {receipt.Count(Outcome.Withdrawn)} withdrawn by the sender, {receipt.Count(Outcome.Refused)} refused by the receiver");
        if (receipt.Count(Outcome.Skipped) is > 0 and var skipped)
            text.Append(CultureInfo.InvariantCulture, $", {skipped} skipped since the name was taken");
        text.Append('\n');
        var notable = receipt.Outcomes.Where(o => o.Outcome != Outcome.Delivered || o.StoredAs.Length > 0 || o.Detail.Length > 0).ToList();
        foreach (var run in notable.Take(Listed))
            text.Append(CultureInfo.InvariantCulture, $"  {Name(run, manifest)}: {What(run)}\n");
        if (notable.Count > Listed)
            text.Append(CultureInfo.InvariantCulture, $"  … and {notable.Count - Listed} more\n");
        return text.ToString();
    }

    private static string Name(EntryOutcome run, Manifest? manifest)
    {
        var first = manifest is not null && run.EntryNo < manifest.Entries.Count
            ? Printable.Shorten(manifest.Entries[(int)run.EntryNo].Path.Value, 200)
            : $"entry {run.EntryNo}";
        return run.Count > 1 ? $"{first} and {run.Count - 1} after it" : first;
    }

    private static string What(EntryOutcome run) => run.Outcome switch
    {
        Outcome.Delivered when run.StoredAs.Length == 0 => Printable.Shorten(run.Detail),
        Outcome.Delivered => $"stored as {Printable.Shorten(run.StoredAs)}{(run.Detail.Length > 0 ? $", {Printable.Shorten(run.Detail)}" : "")}",
        Outcome.Withdrawn => run.Detail.Length > 0 ? $"withdrawn: {Printable.Shorten(run.Detail)}" : "withdrawn",
        Outcome.Skipped => run.Detail.Length > 0 ? $"skipped: {Printable.Shorten(run.Detail)}" : "skipped",
        _ => run.Detail.Length > 0 ? $"refused: {Printable.Shorten(run.Detail)}" : "refused",
    };
}
