using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Transfers.Contents;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;

namespace OpenShare.Device.Transfers;

/// <summary>What is delivered is noted, on either side, so that the next transfer need not bring it again.</summary>
internal abstract partial class TransferSession
{
    /// <param name="Problem">null: it is noted, or there was nothing to note</param>
    private sealed record Noted(string? Problem);

    /// <summary>The receipt is kept, and what it is for is noted as far as it could be.</summary>
    protected abstract void OnReceiptKept();

    /// <summary>Before the other side hears of the receipt, or a person of the end: what is sent next may be the same.</summary>
    /// <param name="contents">null: nothing is noted of what goes to this peer or comes from it</param>
    /// <param name="places">asked on a worker: where a file of this path is on this machine</param>
    protected void NoteContents(ContentIndex? contents, Receipt receipt, Manifest manifest, Func<Func<RelativePath, string>> places)
    {
        var files = contents is null ? [] : ContentIndex.Delivered(receipt, manifest);
        if (files.Count == 0)
            Self.Tell(new Noted(null));
        else
            Scope.Context.Workers.Run(Add).PipeTo(Self, success: noted => noted, failure: error => new Noted(error.Message));

        Noted Add()
        {
            var place = places();
            contents!.Add(manifest, files.Select(f => (f, place(f.Path))));
            return new Noted(null);
        }
    }

    // It is delivered all the same.
    private void OnNoted(Noted noted)
    {
        if (noted.Problem is { } problem)
            Log.Warning("what transfer {0} brought is not remembered: {1}", Id, problem);
        OnReceiptKept();
    }
}
