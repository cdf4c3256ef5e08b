using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>From what the disk says of a placement to what the receipt says of its entries.</summary>
internal static class PlacementNotes
{
    /// <param name="refused">by an earlier try, and kept with the names</param>
    /// <param name="there">entries that were left as they stand</param>
    /// <param name="isLimited">the sender wished to overwrite, and may not</param>
    internal static IReadOnlyList<EntryNote> From(
        Manifest manifest, CompletionReport report, IEnumerable<EntryNote.NotStored> refused, IReadOnlySet<uint> there, bool isLimited)
    {
        var notes = new List<EntryNote>([.. refused, .. report.Refused.Select(NotStored)]);
        var notStored = notes.Select(n => n.EntryNumber).ToHashSet();
        notes.AddRange(there.Where(number => !notStored.Contains(number)).Select(number => new EntryNote.AlreadyThere(number)));
        var renamed = report.Placed.Where(p => p.Name != p.Top).ToDictionary(p => p.Top, p => p.Name);
        if (renamed.Count == 0)
            return notes;
        foreach (var entry in manifest.Entries)
        {
            // What lies in a renamed directory follows it: the top alone is noted.
            if (renamed.TryGetValue(entry.Path.Value, out var name) && !notStored.Contains(entry.Number))
                notes.Add(new EntryNote.StoredAs(entry.Number, RelativePath.Parse(name), isLimited ? "this device replaces no files" : ""));
        }
        return notes;
    }

    internal static EntryNote.NotStored NotStored(EntryRefusal refusal) => refusal.Problem is DiskProblem.Taken
        ? new EntryNote.Skipped(refusal.EntryNo, refusal.Reason)
        : new EntryNote.Refused(refusal.EntryNo, refusal.Reason);
}
