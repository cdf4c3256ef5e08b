using OpenShare.Device.Peers;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A file that its sender could not read to its end, said so only when it had a place here already.</summary>
public sealed class AbandonedTests : TransfersRig
{
    private static readonly LinkId Link = new(5);

    [Fact]
    public void It_does_not_appear_with_its_folder()
    {
        var (ann, id) = (Organisation.Enroll("ann"), TransferId.New(Context.Random));
        Context.Events.Publish(new PeerEvents.LinkOpened(ann.DeviceId, Link, ann.Certificate));
        var list = new ManifestBuilder(ann.Key, ManifestId.New(Context.Random), ann.DeviceId, Self.DeviceId);
        list.AddDirectory(RelativePath.Parse("t"), 0x1ED, 0);
        list.BeginFile(RelativePath.Parse("t/a"), 3 * Limits.DefaultChunk, 0x1A4, 0);
        list.AddChunk(new byte[32], Limits.DefaultChunk);
        var first = list.ClosePage()!;
        Assert.Equal((null, true), list.AbandonFile());

        foreach (var page in new[] { first, list.Finish() })
            Context.Events.Publish(new PeerEvents.ControlReceived(ann.DeviceId, Link, TransferMessages.Offer(id, page)));
        var said = Peers.FishForMessage<PeerCommands.SendControl>(m => m.Message.KindCase == Control.KindOneofCase.Receipt);

        var receipt = Receipt.Read(said.Message.Receipt.Receipt);
        Assert.Equal((1, 1), (receipt.Count(EntryOutcome.Types.Outcome.Delivered), receipt.Count(EntryOutcome.Types.Outcome.Withdrawn)));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(Inbox, "t")));
    }
}
