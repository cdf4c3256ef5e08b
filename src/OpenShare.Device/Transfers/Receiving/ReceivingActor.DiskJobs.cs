using Akka.Actor;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;
using Outcome = OpenShare.Protocol.Wire.EntryOutcome.Types.Outcome;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>Disk jobs, one after the other and only while no frame is being written: file list, placing, discarding.</summary>
internal sealed partial class ReceivingActor
{
    private sealed record DiskJobDone(Action Then) : INoSerializationVerificationNeeded;

    /// <param name="job">runs on a worker and answers what is to be done here with its result</param>
    private void DiskJob(Func<Action> job)
    {
        _diskJobs.Enqueue(job);
        NextDiskJob();
    }

    private void NextDiskJob()
    {
        if (_diskBusy || _syncing || _writing > 0 || !_diskJobs.TryDequeue(out var job))
            return;
        _diskBusy = true;
        Scope.Context.Workers.Run(job).PipeTo(
            Self, success: then => new DiskJobDone(then), failure: error => new DiskJobDone(() => Fail(error.Message)));
    }

    private void OnDiskJobDone(DiskJobDone done)
    {
        _diskBusy = false;
        done.Then();
        NextDiskJob();
    }

    private Action StorePage(ManifestPage page, Signed blob)
    {
        var started = page.Parts.Where(p => !p.Continued).Select(p => DestinationEntries.From(p.Entry)).ToList();
        var prepared = _arrival!.Destination.Prepare(started);
        // What finds no room from the start is not begun.
        if (prepared.Result.Problem == DiskProblem.Full && page.Index > 0)
            return () => StickPage(page, blob, prepared.Result.Detail);
        if (!prepared.Result.IsDone)
            return () => Fail(prepared.Result.Detail);
        try
        {
            Scope.Stores.Manifests.Append(
                Scope.No, (uint)page.Index, Google.Protobuf.MessageExtensions.ToByteArray(blob), new ChunkSpan((ulong)page.FirstOrdinal, page.ChunkCount));
        }
        catch (StorageFullException full)
        {
            return () => StickPage(page, blob, full.Message);
        }
        return () =>
        {
            _arrival.Held.AddPage(page);
            foreach (var refused in prepared.Refused)
                SaveOutcome(refused.EntryNo, Outcome.Refused, refused.Reason);
            OnPagePrepared(page, prepared);
            Drive(new ReceiverInput.PageStored(page.Index, [], [.. prepared.Refused.Select(r => new EntryNote.Refused(r.EntryNo, r.Reason))]));
        };
    }

    private Action Place(IReadOnlySet<uint> leftOut, IReadOnlyList<DestinationEntry> withdrawn)
    {
        var (destination, outcomes) = (_arrival!.Destination, Scope.Stores.Outcomes);
        // Made after it was withdrawn, abandoned on a later page, or withdrawn just before a crash: it must not appear with its folder.
        foreach (var file in withdrawn)
        {
            if (destination.Remove(file) is { Problem: DiskProblem.Failed or DiskProblem.Denied or DiskProblem.Full } failure)
                return () => Fail(failure.Detail);
        }
        var entries = _machine!.Manifest!.Entries.Where(e => !leftOut.Contains(e.Number)).Select(DestinationEntries.From);
        var report = destination.Complete(entries, outcomes.Names(Scope.No), names => outcomes.SaveNames(Scope.No, names));
        return () =>
        {
            if (report.Result.Problem == DiskProblem.Full)
            {
                Stick(report.Result.Detail, () => DiskJob(() => Place(leftOut, withdrawn)));
                return;
            }
            if (!report.Result.IsDone)
            {
                Fail(report.Result.Detail);
                return;
            }
            Drive(new ReceiverInput.EntriesPlaced(PlacementNotes.From(_machine.Manifest!, report)));
        };
    }

    private Action EmptyStaging()
    {
        _arrival!.Destination.Discard();
        return () => { };
    }

    private Action DiscardStaging()
    {
        _arrival?.Destination.Discard();
        return () =>
        {
            Scope.Stores.Transfers.DropWorkingState(Scope.No);
            if (_machine!.IsSettled)
                Context.Parent.Tell(new TransferSignals.Settled());
        };
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
