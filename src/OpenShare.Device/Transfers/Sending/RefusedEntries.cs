using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers.Sending;

/// <summary>What the receiver could not store, by name and reason, as its receipt says.</summary>
internal static class RefusedEntries
{
    internal static IEnumerable<string> Of(Receipt receipt, Manifest manifest)
    {
        foreach (var run in receipt.Outcomes.Where(o => o.Outcome == EntryOutcome.Types.Outcome.Refused))
        {
            for (var number = run.EntryNo; number < run.EntryNo + run.Count; number++)
                yield return Line(manifest.Entries[(int)number].Path.Value, run.Detail);
        }
    }

    // Most reasons name the entry already.
    private static string Line(string path, string detail) =>
        detail.Length == 0 ? $"{path}: the other device could not store it"
        : detail.StartsWith(path, StringComparison.Ordinal) ? detail
        : $"{path}: {detail}";
}
