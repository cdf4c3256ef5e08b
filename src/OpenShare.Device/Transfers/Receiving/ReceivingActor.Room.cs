using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>
/// Room: the files of each page are prepared once <c>transfers</c> has promised theirs, one page after the other, and an
/// offer is accepted only then. What is written, left out or over is given back as it happens.
/// </summary>
internal sealed partial class ReceivingActor
{
    private readonly Queue<(ManifestPage Page, Signed Blob)> _pages = new();
    private bool _decisionWaits;

    // Told to oneself: the machine is not driven from within its own effects.
    private void Decide()
    {
        if (Scope.Accept == AcceptPolicy.None)
            Self.Tell(new Decided("The other device accepts no files just now."));
        else if (_pages.Count == 0)
            Self.Tell(new Decided(Refusal: null));
        else
            _decisionWaits = true;
    }

    private void OnPage(ManifestPage page, Signed blob)
    {
        foreach (var part in page.Parts.Where(p => p.Entry.Abandoned))
            UseRoom(_arrival!.Unwritten.Drop(part.Entry.Number));
        _pages.Enqueue((page, blob));
        if (_pages.Count == 1)
            AskForRoom();
    }

    private void AskForRoom()
    {
        if (_pages.Peek().Page.NewBytes is > 0 and var bytes)
            Context.Parent.Tell(new TransferSignals.RoomWanted(_arrival!.Destination, bytes));
        else
            Self.Tell(new TransferSignals.RoomPromised());
    }

    private void OnRoomPromised()
    {
        if (_machine!.IsOver)
        {
            ReleaseRoom();
            return;
        }
        var (page, blob) = _pages.Peek();
        DiskJob(() => StorePage(page, blob));
        if (!_decisionWaits)
            return;
        _decisionWaits = false;
        Drive(new ReceiverInput.Decided(Refusal: null));
    }

    // A full disk is nobody's decision, so the transfer is not declined: it fails. One that has begun waits for room.
    private void OnRoomRefused(string reason)
    {
        if (_machine!.State >= ReceiverState.Receiving)
            Stick(reason, AskForRoom);
        else
            Fail(reason);
    }

    private void StickPage(ManifestPage page, Signed blob, string reason)
    {
        // Others are not to wait for this one to take its room.
        if (page.NewBytes > 0)
            Context.Parent.Tell(new TransferSignals.RoomTaken(0));
        Stick(reason, () => DiskJob(() => StorePage(page, blob)));
    }

    private void OnPagePrepared(ManifestPage page, PrepareReport prepared)
    {
        var (unwritten, before) = (_arrival!.Unwritten, _arrival.Unwritten.Bytes);
        var refused = prepared.Refused.Select(r => r.EntryNo).ToHashSet();
        foreach (var part in page.Parts.Where(p => !p.Continued && !_machine!.Withdrawn.ContainsKey(p.Entry.Number) && !refused.Contains(p.Entry.Number)))
            unwritten.Add(part.Entry, _arrival.Destination.RoomTakenFrom);
        _pages.Dequeue();
        if (_machine!.IsOver)
            return;
        if (page.NewBytes > 0)
            Context.Parent.Tell(new TransferSignals.RoomTaken(page.NewBytes - (unwritten.Bytes - before)));
        if (_pages.Count > 0)
            AskForRoom();
    }

    // After a restart: what was promised to the process before.
    private void OweRoom()
    {
        if (_arrival?.Unwritten.Bytes > 0)
            Context.Parent.Tell(new TransferSignals.RoomOwed(_arrival.Destination.FileSystem, _arrival.Unwritten.Bytes));
    }

    private static void UseRoom(long bytes)
    {
        if (bytes > 0)
            Context.Parent.Tell(new TransferSignals.RoomUsed(bytes));
    }

    private static void ReleaseRoom() => Context.Parent.Tell(new TransferSignals.RoomReleased());
}
