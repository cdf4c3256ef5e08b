using Akka.Actor;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Sending;
using OpenShare.Protocol.Wire;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Transfers.Sending;

/// <summary>The file list: read from what is kept, and built on by a feeder beside the session.</summary>
internal sealed partial class SendingActor
{
    private sealed record Fed(FedBatch Batch) : INoSerializationVerificationNeeded;

    // Hashing runs ahead of what is delivered by so much at most: what was read for it is then still in memory when it is sent. A receiver on tmpfs
    // takes the room of a large file for a second and longer, and half of it would have the sender wait for that.
    private static readonly long HashAhead = Math.Min(1024L * 1024 * 1024, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8);

    private ManifestFeeder? _feeder;
    private bool _feeding;

    private void Restore()
    {
        var stores = Scope.Stores;
        var pages = stores.Manifests.Count(Scope.No);
        var state = EndedAs(Scope.Record.State);
        if (pages > 0 || state is not null)
        {
            _problem = Scope.Record.Problem;
            _machine = SenderMachine.Restore(Setup(), new SenderRecord(
                Enumerable.Range(0, (int)pages).Select(ReadPage),
                stores.Outcomes.All(Scope.No).Where(o => o.Outcome == EntryOutcome.Types.Outcome.Withdrawn).ToDictionary(o => o.EntryNo, o => o.Detail),
                state ?? SenderState.Offering, state is null ? "" : ReasonOf(Scope.Record), stores.Receipts.Find(Scope.No)));
        }
        if (_machine.IsOver || _machine.Manifest is { IsComplete: true })
            return;
        _leftOut.CountAnew();
        var unfinished = _machine.Manifest?.Unfinished;
        var builder = _machine.Manifest is { } manifest
            ? ManifestBuilder.Continue(Scope.Identity.Key, manifest)
            : new ManifestBuilder(Scope.Identity.Key, _manifestId, Scope.Identity.DeviceId, Peer, Scope.Record.Conflict);
        _feeder = new ManifestFeeder(
            _source, builder, new HashCache(stores.Hashes, Scope.Context.Time), Scope.Contents, _machine.Manifest,
            unfinished is null ? null : _identities.Of(unfinished.Number))
        {
            IsText = Scope.Record.IsText,
        };
    }

    // What ended so is over for good, whatever late word of the other side woke it.
    private static SenderState? EndedAs(TransferState state) => state switch
    {
        TransferState.Completed or TransferState.Incomplete => SenderState.Completed,
        TransferState.Declined => SenderState.Declined,
        TransferState.Cancelled => SenderState.Cancelled,
        TransferState.Failed => SenderState.Failed,
        _ => null,
    };

    private Signed ReadPage(int page) =>
        SignedBlobs.Parse(
            Scope.Stores.Manifests.Read(Scope.No, (uint)page) ?? throw new ProtocolException("A page of the stored file list is missing. Send the files again."),
            "page of the file list");

    private void FeedMore()
    {
        if (_feeder is not { } feeder || _feeding || _machine.IsOver)
            return;
        var progress = _machine.Progress;
        if (progress.BytesTotal - progress.BytesDone - progress.BytesLeftOut > HashAhead)
            return;
        _feeding = true;
        Scope.Context.Workers.Run(feeder.Next).PipeTo(
            Self, success: batch => new Fed(batch), failure: error => new Fed(new FedBatch([], [], IsLast: true, error.Message)));
    }

    private void OnFed(FedBatch batch)
    {
        if (batch.IsLast)
        {
            _feeder?.Dispose();
            _feeder = null;
        }
        if (batch.Skipped.Count > 0)
        {
            _leftOut.Add(batch.Skipped);
            // Before the pages that came with it: nobody walks again once the list is whole.
            Keep();
        }
        foreach (var page in batch.Pages)
        {
            var number = _machine.Manifest?.Pages.Count ?? 0;
            Scope.Stores.Manifests.Append(Scope.No, (uint)number, Google.Protobuf.MessageExtensions.ToByteArray(page.Blob), identities: page.Identities);
            Drive(new SenderInput.PageBuilt(page.Blob, page.MayBeThere));
        }
        // Only now: driving the machine asks for more, and the pages of a batch go in before those of the next.
        _feeding = false;
        if (batch.Failure is { } failure && !_machine.IsOver)
        {
            (_failure, _problem) = (failure, TransferProblem.Failed);
            Drive(new SenderInput.Cancelled(failure));
        }
        FeedMore();
    }
}
