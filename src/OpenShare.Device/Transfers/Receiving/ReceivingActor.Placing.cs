using Akka.Actor;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>The end: all is made whole, and then put in its place. Up to the first name either side may cancel.</summary>
internal sealed partial class ReceivingActor
{
    private Settlement? _settled;

    private void Settle(IReadOnlySet<uint> leftOut)
    {
        var withdrawn = WithdrawnFiles();
        if (_arrival!.Standing.CopiedBytes > 0)
            Context.Parent.Tell(new TransferSignals.RoomTaking());
        DiskJob(() => Settle(leftOut, withdrawn));
    }

    private Action Settle(IReadOnlySet<uint> leftOut, IReadOnlyList<DestinationEntry> withdrawn)
    {
        var (destination, standing) = (_arrival!.Destination, _arrival.Standing);
        // Made after it was withdrawn, abandoned on a later page, or withdrawn just before a crash: it must not appear with its folder.
        foreach (var file in withdrawn)
        {
            var removed = destination.Remove(file);
            if (removed.IsOfDisk || removed.Problem is DiskProblem.Denied)
                return () => FailOf(removed);
        }
        var manifest = _machine!.Manifest!;
        var settled = standing.Settle(EntriesBut(leftOut, Refused()), manifest, Scope.PolicyFor(manifest), _over.Token);
        if (settled.Result.Problem == DiskProblem.Full)
        {
            return () =>
            {
                TakeCopied(0);
                Stick(settled.Result.Detail, () => Settle(leftOut));
            };
        }
        if (!settled.Result.IsDone)
            return () => FailOf(settled.Result);
        if (settled.Lost.Count > 0)
        {
            return () =>
            {
                TakeCopied(_arrival.Standing.CopiedBytes);
                Drive(new ReceiverInput.ChunksLost(settled.Lost));
            };
        }
        return () =>
        {
            _settled = settled;
            TakeCopied(_arrival.Standing.CopiedBytes);
            Drive(new ReceiverInput.EntriesSettled());
        };
    }

    // What an earlier try refused stays so: what it placed is not looked at again.
    private Dictionary<uint, EntryNote.NotStored> Refused() =>
        Scope.Stores.Outcomes.All(Scope.No).Select(Outcomes.NotStored).OfType<EntryNote.NotStored>().ToDictionary(n => n.EntryNumber);

    // Each is made as it is come to, and again in each walk over them: kept, they would be the list anew, with all its paths.
    private IEnumerable<DestinationEntry> EntriesBut(IReadOnlySet<uint> leftOut, Dictionary<uint, EntryNote.NotStored> refused) =>
        _machine!.Manifest!.Entries.Where(e => !leftOut.Contains(e.Number) && !refused.ContainsKey(e.Number)).Select(DestinationEntries.From);

    private Action Place(IReadOnlySet<uint> leftOut)
    {
        var (destination, outcomes, manifest, refused) = (_arrival!.Destination, Scope.Stores.Outcomes, _machine!.Manifest!, Refused());
        var (entries, policy) = (EntriesBut(leftOut, refused), Scope.PolicyFor(manifest));
        // After a restart there is none: names are chosen, and what stood there before is not told from what was placed.
        var there = _settled?.There ?? NoEntries;
        CompletionReport report;
        try
        {
            report = destination.Complete(entries, outcomes.Names(Scope.No), Persist, new Conflicts(policy, there));
        }
        catch (StorageFullException full)
        {
            return () => Stick(full.Message, Again);
        }
        return () =>
        {
            if (report.Result.Problem == DiskProblem.Full)
            {
                Stick(report.Result.Detail, Again);
                return;
            }
            if (!report.Result.IsDone)
            {
                FailOf(report.Result);
                return;
            }
            Drive(new ReceiverInput.EntriesPlaced(PlacementNotes.From(manifest, report, refused.Values, there, isLimited: policy != manifest.Conflict)));
        };

        void Persist(IReadOnlyList<ChosenName> names, IReadOnlyList<EntryRefusal> refusals) =>
            outcomes.SaveNames(Scope.No, names, [.. refusals.Select(PlacementNotes.NotStored).Select(Outcomes.Of)]);

        void Again() => DiskJob(() => Place(leftOut));
    }

    private List<DestinationEntry> WithdrawnFiles() =>
        [.. _machine!.Withdrawn.Keys.Select(n => _machine.Manifest!.Entries[(int)n]).Where(e => e.Kind == EntryKind.EntryFile).Select(DestinationEntries.From)];
}
