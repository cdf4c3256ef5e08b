using Akka.Actor;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>Disk jobs, one after the other: file list, settling, placing, discarding; but for the first only while no frame is being written.</summary>
internal sealed partial class ReceivingActor
{
    private sealed record DiskJobDone(Action Then) : INoSerializationVerificationNeeded;

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
