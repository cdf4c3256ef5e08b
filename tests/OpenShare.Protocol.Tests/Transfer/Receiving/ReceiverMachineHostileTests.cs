using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer.Receiving;

/// <summary>Pages and chunks that an honest sender does not send.</summary>
public sealed class ReceiverMachineHostileTests : ReceiverMachineSpecs
{
    [Fact]
    public void A_page_that_does_not_verify_ends_the_transfer()
    {
        Accept(pages: 1);
        Expect(Receive(TransferMessages.Offer(Some.Transfer, new Signed(Pages[1]) { Payload = Some.Flip(Pages[1].Payload, 9) })), "=Failed", "discard", "-> Failed");
        Assert.Contains("not signed", Machine.Reason, StringComparison.Ordinal);
    }

    public static TheoryData<string> Garbage => [.. Lies.Keys];

    private static readonly Dictionary<string, Func<ReceiverInput>> Lies = new()
    {
        ["an offer without a page"] = () => new ReceiverInput.Received(new Control { ManifestOffer = new ManifestOffer { TransferId = Id() } }),
        ["a page of another manifest"] = () => new ReceiverInput.Received(TransferMessages.Offer(Some.Transfer, Some.Pages(ManifestId.Parse(new string('7', 32)))[1])),
        ["a resume with another manifest"] = () => new ReceiverInput.Received(TransferMessages.Resumed(Some.Transfer, ManifestId.Parse(new string('7', 32)))),
        ["a notice by someone else"] = () => new ReceiverInput.Received(TransferMessages.Changed(Some.Transfer, EntryChange.Sign(Some.StrangerKey, Some.Manifest, 1, "x"))),
        ["a notice for another manifest"] = () => new ReceiverInput.Received(TransferMessages.Changed(Some.Transfer, EntryChange.Sign(Some.SenderKey, ManifestId.Parse(new string('7', 32)), 1, "x"))),
        ["an empty notice"] = () => new ReceiverInput.Received(new Control { EntryChanged = new EntryChangedNotice { TransferId = Id() } }),
        ["an empty frame"] = () => new ReceiverInput.FrameArrived(1, new ChunkFrame()),
        ["a chunk that does not exist"] = () => new ReceiverInput.FrameArrived(1, Head((41, 1000))),
        ["a chunk beyond all numbers"] = () => new ReceiverInput.FrameArrived(1, Head((ulong.MaxValue, 1000))),
        ["a chunk twice in a frame"] = () => new ReceiverInput.FrameArrived(1, Head((1, 1000), (1, 1000))),
        ["a chunk of another length"] = () => new ReceiverInput.FrameArrived(1, Head((1, 999))),
        ["a frame too large"] = () => new ReceiverInput.FrameArrived(1, Head((1, Limits.FrameBytes), (2, 1))),
        ["too many chunks in a frame"] = () => new ReceiverInput.FrameArrived(1, Head([.. Enumerable.Range(0, Limits.FrameChunks + 1).Select(i => ((ulong)i, 1u))])),
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public void Garbage_ends_the_transfer_with_a_reason(string which)
    {
        Accept();
        Expect(Do(Lies[which]()), "=Failed", "discard", "-> Failed");
        Assert.NotEmpty(Machine.Reason);
    }

    [Fact]
    public void A_chunk_that_never_matches_ends_the_transfer()
    {
        Accept();
        for (var i = 0; i < 2 * Small.Refusals; i++)
            Expect(Do(new ReceiverInput.ChunkMismatched(5)), "-> refused 5");
        Expect(Do(new ReceiverInput.ChunkMismatched(5)), "=Failed", "discard", "-> Failed");
    }

    [Fact]
    public void A_second_frame_on_a_stream_whose_first_one_waits_ends_the_transfer()
    {
        Do(new ReceiverInput.LinkUp());
        Do(new ReceiverInput.StreamUp(1));
        Expect(Frame(1, 0));
        Expect(Frame(1, 1), "=Failed", "discard", "-> Failed");
    }

    [Fact]
    public void Messages_of_other_transfers_of_no_link_and_of_the_other_direction_are_ignored()
    {
        Accept();
        Expect(Receive(TransferMessages.Cancelled(TransferId.Parse(new string('1', 32)), "not you")));
        Expect(Receive(new Control()));
        Expect(Receive(TransferMessages.Wanted(Some.Transfer, 77)));
        Expect(Receive(TransferMessages.Acknowledged(Some.Transfer, [new(0, 1)])));
        Expect(Frame(99, 0));
        Do(new ReceiverInput.LinkLost());
        Expect(Receive(TransferMessages.Cancelled(Some.Transfer, "old")));
        Expect(Frame(1, 0));
        Assert.Equal(ReceiverState.Receiving, Machine.State);
    }

    [Fact]
    public void An_offer_does_not_run_ahead_of_its_answer()
    {
        Do(new ReceiverInput.LinkUp());
        Offer(0);
        Offer(1);
        Expect(Offer(2), "=Failed", "discard", "-> Failed");
    }
}
