using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using Outcome = OpenShare.Protocol.Wire.EntryOutcome.Types.Outcome;

namespace OpenShare.Device.Transfers.Sending;

/// <summary>What the receiver could not store, or was not to, by name and reason, as its receipt says.</summary>
internal static class NotStoredEntries
{
    internal static IEnumerable<string> Of(Receipt receipt, Manifest manifest, Outcome outcome)
    {
        foreach (var run in receipt.Outcomes.Where(o => o.Outcome == outcome))
        {
            for (var number = run.EntryNo; number < run.EntryNo + run.Count; number++)
                yield return Line(manifest.Entries[(int)number].Path.Value, run.Detail, outcome);
        }
    }

    // Most reasons name the entry already.
    private static string Line(string path, string detail, Outcome outcome) =>
        detail.Length == 0 ? $"{path}: {(outcome == Outcome.Skipped ? "the name is taken" : "the other device could not store it")}"
        : detail.StartsWith(path, StringComparison.Ordinal) ? detail
        : $"{path}: {detail}";
}
