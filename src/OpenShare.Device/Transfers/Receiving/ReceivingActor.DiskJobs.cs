using Akka.Actor;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>Disk jobs, one after the other: file list, placing, discarding; but for the first only while no frame is being written.</summary>
internal sealed partial class ReceivingActor
{
    private sealed record DiskJobDone(Action Then) : INoSerializationVerificationNeeded;

    private Settlement? _settled;
    private bool _isLetGo;

    /// <param name="job">runs on a worker and answers what is to be done here with its result</param>
    /// <param name="besideFrames">it touches nothing that is being written or synced</param>
    private void DiskJob(Func<Action> job, bool besideFrames = false)
    {
        _diskJobs.Enqueue((job, besideFrames));
        NextDiskJob();
    }

    private void NextDiskJob()
    {
        if (_diskBusy || !_diskJobs.TryPeek(out var next) || (!next.BesideFrames && (_syncing || _writing > 0)))
            return;
        _diskJobs.Dequeue();
        _diskBusy = true;
        var job = Scope.Context.Workers.Run(next.Job);
        _job = job;
        job.PipeTo(
            Self, success: then => new DiskJobDone(then), failure: error => new DiskJobDone(() => FailOf(error)));
    }

    private void OnDiskJobDone(DiskJobDone done)
    {
        _diskBusy = false;
        done.Then();
        NextDiskJob();
        SettleWhenOver();
    }

    private Action StorePage(ManifestPage page, Signed blob, PageLook look)
    {
        var prepared = _arrival!.Destination.Prepare(look.ToPrepare);
        // What finds no room from the start is not begun.
        if (prepared.Result.Problem == DiskProblem.Full && page.Index > 0)
            return () => StickPage(prepared.Result.Detail, () => StorePage(page, blob, look));
        if (!prepared.Result.IsDone)
            return () => FailOf(prepared.Result);
        IReadOnlyList<EntryNote.NotStored> notStored = [.. look.NotStored, .. prepared.Refused.Select(r => new EntryNote.Refused(r.EntryNo, r.Reason))];
        // Before the page is kept: a process killed in between is offered it again, and copies again.
        return NotePage(page, blob, look, prepared, notStored, _reuse?.Copy(page, look.Found, notStored.Select(n => n.EntryNumber)) ?? []);
    }

    private Action NotePage(
        ManifestPage page, Signed blob, PageLook look, PrepareReport prepared, IReadOnlyList<EntryNote.NotStored> notStored, IReadOnlyList<ChunkLocation> copied)
    {
        try
        {
            if (notStored.Count > 0)
                Scope.Stores.Outcomes.Save(Scope.No, [.. notStored.Select(Outcomes.Of)]);
            Scope.Stores.Manifests.Append(
                Scope.No, (uint)page.Index, Google.Protobuf.MessageExtensions.ToByteArray(blob), new ChunkSpan((ulong)page.FirstOrdinal, page.ChunkCount));
        }
        catch (StorageFullException full)
        {
            return () => StickPage(full.Message, () => NotePage(page, blob, look, prepared, notStored, copied));
        }
        return () =>
        {
            _arrival!.Held.AddPage(page);
            OnPagePrepared(page, look, prepared);
            CopyRepeated(page, [.. look.Found, .. NoteReused(copied)], notStored, tried: []);
        };
    }

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

    // Everything is in its place: the sender may never come back to confirm, and until he does nothing is to lie about or to be open.
    private void LetGo()
    {
        _isLetGo = true;
        DiskJob(() =>
        {
            _arrival!.Destination.Discard();
            _arrival.Destination.Dispose();
            return () => { };
        });
    }

    private Action DiscardStaging()
    {
        if (_arrival is null)
            Scope.Disk.Discard(Scope.Record.Destination, Peer, Id);
        else if (!_isLetGo)
            _arrival.Destination.Discard();
        return () => Scope.Stores.Transfers.DropWorkingState(Scope.No);
    }

    private List<DestinationEntry> WithdrawnFiles() =>
        [.. _machine!.Withdrawn.Keys.Select(n => _machine.Manifest!.Entries[(int)n]).Where(e => e.Kind == EntryKind.EntryFile).Select(DestinationEntries.From)];

    private void RemoveEntry(uint number)
    {
        var entry = DestinationEntries.From(_machine!.Manifest!.Entries[(int)number]);
        DiskJob(() =>
        {
            _arrival!.Destination.Remove(entry);
            return () => { };
        });
    }
}
