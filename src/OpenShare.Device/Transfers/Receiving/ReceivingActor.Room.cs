using Akka.Actor;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>
/// Room: what stands in the destination already needs none. The other files of each page are prepared once <c>transfers</c>
/// has promised theirs, one page after the other, and an offer is accepted only then. What is written, left out or over is
/// given back as it happens.
/// </summary>
internal sealed partial class ReceivingActor
{
    private static readonly HashSet<uint> NoEntries = [];

    private readonly Queue<(ManifestPage Page, Signed Blob)> _pages = new();
    private PageLook? _look;
    private long _roomAsked;
    private bool _decisionWaits;

    private sealed record LookedAt(PageLook Look) : INoSerializationVerificationNeeded;

    private sealed record LookFailed(Exception Error) : INoSerializationVerificationNeeded;

    private void OnPage(ManifestPage page, Signed blob)
    {
        foreach (var part in page.Parts.Where(p => p.Entry.Abandoned))
            UseRoom(_arrival!.Unwritten.Drop(part.Entry.Number));
        _pages.Enqueue((page, blob));
        if (_pages.Count == 1 && !IsLeftToAPerson)
            LookAtPage();
    }

    // Beside the frames that are written: it reads what is there, and of the staging place nothing.
    private void LookAtPage()
    {
        if (_moving is not null)
            return;
        var (standing, page, policy) = (_arrival!.Standing, _pages.Peek().Page, Scope.PolicyFor(_machine!.Manifest!));
        Scope.Context.Workers.Run(() => standing.Look(page, policy, NoEntries)).PipeTo(
            Self, success: look => new LookedAt(look), failure: error => new LookFailed(error));
    }

    private void OnLookedAt(PageLook look)
    {
        _look = look;
        AskForRoom();
    }

    private void AskForRoom()
    {
        var toPrepare = _look!.ToPrepare.Select(e => e.EntryNo).ToHashSet();
        _roomAsked = ClaimedSizes.Sum([_look.Bytes, _arrival!.Unwritten.Excess(_pages.Peek().Page, toPrepare.Contains)]);
        if (_roomAsked > 0)
            Context.Parent.Tell(new TransferSignals.RoomWanted(_arrival.Destination, _roomAsked, _arrival.Unwritten.Unlisted));
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
        var ((page, blob), look) = (_pages.Peek(), _look!);
        DiskJob(() => StorePage(page, blob, look), besideFrames: true);
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

    private void StickPage(string reason, Func<Action> again)
    {
        // Others are not to wait for this one to take its room.
        if (_roomAsked > 0)
            Context.Parent.Tell(new TransferSignals.RoomTaken(0));
        Stick(reason, () => DiskJob(again, besideFrames: true));
    }

    private void OnPagePrepared(ManifestPage page, PageLook look, PrepareReport prepared)
    {
        var (unwritten, before) = (_arrival!.Unwritten, _arrival.Unwritten.Bytes);
        var refused = prepared.Refused.Select(r => r.EntryNo).ToHashSet();
        var toCome = look.ToPrepare.Select(e => e.EntryNo).Where(n => !refused.Contains(n) && !_machine!.Withdrawn.ContainsKey(n)).ToHashSet();
        foreach (var part in page.Parts.Where(p => toCome.Contains(p.Entry.Number)))
            unwritten.Add(part.Entry, _arrival.Destination.RoomTakenFrom);
        unwritten.List(page);
        var taken = Math.Max(0, _roomAsked - look.CopiedBytes - (unwritten.Bytes - before));
        if (_machine!.IsOver)
            return;
        if (_roomAsked > 0)
            Context.Parent.Tell(new TransferSignals.RoomTaken(taken));
        else
            UseRoom(taken);
    }

    // What was promised for copies is on the disk now, and others need not wait to hear what is free.
    private void TakeCopied(long bytes)
    {
        if (_arrival!.Standing.CopiedBytes > 0 && !_machine!.IsOver)
            Context.Parent.Tell(new TransferSignals.RoomTaken(bytes));
    }

    private void NextPage()
    {
        _pages.Dequeue();
        if (_pages.Count > 0 && !_machine!.IsOver)
            LookAtPage();
    }

    // After a restart: what was promised to the process before.
    private void OweRoom()
    {
        if (_arrival is { } arrival && ClaimedSizes.Sum([arrival.Unwritten.Bytes, arrival.Standing.CopiedBytes]) is > 0 and var owed)
            Context.Parent.Tell(new TransferSignals.RoomOwed(arrival.Destination.FileSystem, owed));
    }

    private static void UseRoom(long bytes)
    {
        if (bytes > 0)
            Context.Parent.Tell(new TransferSignals.RoomUsed(bytes));
    }

    private static void ReleaseRoom() => Context.Parent.Tell(new TransferSignals.RoomReleased());
}
