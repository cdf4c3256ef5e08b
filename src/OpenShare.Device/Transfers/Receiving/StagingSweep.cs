using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Views;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>Removes the staging places that no transfer comes back to: what ended, or was forgotten, while nobody was there to clean up.</summary>
internal static class StagingSweep
{
    // What no row here knows may be that of another agent of this user, who is down: it has so long to come back.
    internal static readonly TimeSpan Grace = TimeSpan.FromDays(7);

    /// <summary>Blocks: for a worker.</summary>
    /// <param name="saveTo">where files arrive now; where they arrived before is in the database</param>
    /// <returns>what could not be looked at or removed, and why</returns>
    internal static IReadOnlyList<string> Run(IDisk disk, ITransferStore transfers, IEnumerable<string> saveTo, DateTimeOffset now)
    {
        var problems = new List<string>();
        foreach (var directory in transfers.Destinations().Concat(saveTo).Distinct(StringComparer.Ordinal))
        {
            var found = disk.FindStaged(directory);
            if (found.Value is not { } places)
            {
                problems.Add(found.Detail);
                continue;
            }
            // A transfer has its row before its staging place: of those found here none can have begun since.
            foreach (var place in places.Where(p => IsOver(p, transfers, now)))
            {
                if (disk.Discard(directory, place.Sender, place.Transfer) is { IsDone: false } problem)
                    problems.Add(problem.Detail);
            }
        }
        return problems;
    }

    private static bool IsOver(StagingPlace place, ITransferStore transfers, DateTimeOffset now) =>
        transfers.Find(new TransferKey(TransferDirection.Receiving, place.Sender, place.Transfer)) is var (_, record)
            ? record.IsOver
            : place.LastChange < now - Grace;
}
