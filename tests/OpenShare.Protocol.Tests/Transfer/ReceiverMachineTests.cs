using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer;

public sealed class ReceiverMachineTests
{
    private static readonly TransferTuning Small = new() { Streams = 2, Window = 2, PageWindow = 2 };
    private static readonly ReceiverSetup Setup = new(
        Some.Transfer, Some.Sender, Some.SenderKey.PublicKey, Some.ReceiverKey, Some.ReceiverCertificate, Small);

    private static readonly List<Signed> Pages = Some.Pages();
    private static readonly Protocol.Transfer.Manifest Manifest = Some.Read(Pages);

    private readonly ReceiverMachine _machine = new(Setup);
    private DateTimeOffset _now = Some.Now;

    [Fact]
    public void An_offer_is_decided_stored_and_answered_with_what_is_missing()
    {
        Do(new ReceiverInput.Started());
        Do(new ReceiverInput.LinkUp());
        Expect(Offer(0), "=Deciding", "keep page 0", "decide photos");
        Expect(Stored(0, new ChunkRange(3, 2)));
        Expect(Do(new ReceiverInput.Decided(null)), "=Receiving", "-> Accepted", "-> missing of page 0: [0-2,5-15]");
        Expect(Offer(1), "keep page 1");
        Expect(Stored(1), "-> missing of page 1: [16-31]");
    }

    [Fact]
    public void A_declined_offer_leaves_nothing()
    {
        Do(new ReceiverInput.LinkUp());
        Offer(0);
        Expect(Do(new ReceiverInput.Decided("not now")), "=Declined", "discard", "-> Declined");
        Expect(Offer(1), "-> Declined");
        Expect(Receive(TransferMessages.Resumed(Some.Transfer, Some.Manifest)), "-> Declined");
    }

    [Fact]
    public void A_chunk_that_overtakes_its_page_waits_for_it()
    {
        Do(new ReceiverInput.LinkUp());
        Do(new ReceiverInput.StreamUp(1));
        Do(new ReceiverInput.StreamUp(2));
        Expect(Frame(1, 0, 1));
        Offer(0);
        Stored(0);
        Expect(Frame(2, 16));
        Expect(Do(new ReceiverInput.Decided(null)), "=Receiving", "-> Accepted", "-> missing of page 0: [0-15]", "receive 1: 0,1");
        Offer(1);
        Expect(Stored(1), "-> missing of page 1: [16-31]", "receive 2: 16");
    }

    [Fact]
    public void A_chunk_is_acknowledged_once_it_is_verified_and_written_and_not_before()
    {
        Accept();
        Expect(Frame(1, 0, 1, 2), "receive 1: 0,1,2");
        Expect(Do(new ReceiverInput.ChunksWritten([0, 2])), "-> ack 0,2");
        Expect(Do(new ReceiverInput.ChunkMismatched(1)), "-> refused 1");
        Assert.Equal("0,2", _machine.Held.ToString());
    }

    [Fact]
    public void A_chunk_that_is_there_already_is_dropped_and_acknowledged()
    {
        Accept();
        Frame(1, 0);
        Do(new ReceiverInput.ChunksWritten([0]));
        Expect(Frame(2, 0, 1), "receive 2: (0),1", "-> ack 0");
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
    public void When_all_is_there_it_is_placed_signed_for_and_delivered_until_confirmed()
    {
        Accept();
        Expect(WriteAll(), "=Placing", "place all but []");
        Expect(Do(new ReceiverInput.EntriesPlaced([])), "keep receipt");
        Assert.Null(_machine.Receipt);
        Expect(Do(new ReceiverInput.ReceiptStored()), "=Delivering", "-> Receipt");
        _now += Small.Quiet;
        Assert.Equal(_now, _machine.NextTimeout);
        Expect(Do(new ReceiverInput.TimedOut()), "-> Receipt");
        Do(new ReceiverInput.LinkLost());
        Expect(Do(new ReceiverInput.LinkUp()), "-> Receipt");
        Expect(Receive(TransferMessages.Confirmed(Some.Transfer)), "=Completed");
        Assert.IsType<ReceiptVerdict.Genuine>(ReceiptVerifier.Verify(_machine.Receipt!, Some.Trust, Manifest, _ => false));
        // A sender that lost its end asks again.
        Expect(Receive(TransferMessages.Resumed(Some.Transfer, Some.Manifest)), "-> Receipt");
    }

    [Fact]
    public void Nothing_is_placed_before_the_last_page_and_nothing_signed_before_it_is_placed()
    {
        Do(new ReceiverInput.LinkUp());
        Offer(0);
        Stored(0);
        Do(new ReceiverInput.Decided(null));
        Expect(Do(new ReceiverInput.ChunksWritten(Ordinals(0, 16))), "-> ack 0-15");
        Expect(Do(new ReceiverInput.EntriesPlaced([])));
        Expect(Do(new ReceiverInput.ReceiptStored()));
        Expect(Receive(TransferMessages.Confirmed(Some.Transfer)));
        Assert.Equal(ReceiverState.Receiving, _machine.State);
        Assert.Null(_machine.Receipt);
    }

    [Fact]
    public void A_withdrawn_file_is_not_waited_for()
    {
        Accept();
        Expect(Do(new ReceiverInput.ChunksWritten([40])), "-> ack 40");
        Expect(Changed(1), "keep withdrawal 1", "=Placing", "place all but [1]");
        Do(new ReceiverInput.EntriesPlaced([]));
        Do(new ReceiverInput.ReceiptStored());
        var receipt = Receipt.Read(_machine.Receipt!);
        Assert.Equal([EntryOutcome.Types.Outcome.Delivered, EntryOutcome.Types.Outcome.Withdrawn, EntryOutcome.Types.Outcome.Delivered], receipt.Outcomes.Select(o => o.Outcome));
    }

    [Fact]
    public void What_cannot_be_stored_here_is_not_asked_for_and_said_in_the_receipt()
    {
        Do(new ReceiverInput.LinkUp());
        Offer(0);
        Do(new ReceiverInput.Decided(null));
        Expect(Do(new ReceiverInput.PageStored(0, [], [new EntryNote.Refused(1, "no such name here")])), "-> missing of page 0: []");
        Offer(1);
        Expect(Stored(1), "-> missing of page 1: []");
        Offer(2);
        Expect(Stored(2), "-> missing of page 2: [40]");
        Do(new ReceiverInput.ChunksWritten([40]));
        Do(new ReceiverInput.EntriesPlaced([new EntryNote.StoredAs(0, Some.Path("photos (2)"))]));
        Assert.Contains("no such name here", ReceiptText.Describe(Sealed()), StringComparison.Ordinal);
    }

    [Fact]
    public void On_a_resume_it_says_what_it_misses()
    {
        Accept();
        Do(new ReceiverInput.ChunksWritten(Ordinals(2, 30)));
        Do(new ReceiverInput.LinkLost());
        Expect(Do(new ReceiverInput.LinkUp()));
        Expect(Receive(TransferMessages.Resumed(Some.Transfer, Some.Manifest)),
            "-> want page 3", "-> missing of page 0: [0-1]", "-> missing of page 1: []", "-> missing of page 2: [32-40]");
    }

    [Fact]
    public void A_resume_of_a_transfer_it_never_heard_of_starts_from_the_first_page()
    {
        Do(new ReceiverInput.LinkUp());
        Expect(Receive(TransferMessages.Resumed(Some.Transfer, Some.Manifest)), "-> want page 0");
        Expect(Offer(0), "=Deciding", "keep page 0", "decide photos");
    }

    [Fact]
    public void A_page_out_of_turn_is_asked_for_once_and_a_replayed_one_answered_again()
    {
        Do(new ReceiverInput.LinkUp());
        Offer(0);
        Stored(0);
        Do(new ReceiverInput.Decided(null));
        Expect(Offer(2), "-> want page 1");
        Expect(Offer(2));
        Expect(Offer(0), "-> missing of page 0: [0-15]");
        Expect(Offer(1), "keep page 1");
    }

    [Fact]
    public void A_page_that_does_not_verify_ends_the_transfer()
    {
        Accept(pages: 1);
        Expect(Receive(TransferMessages.Offer(Some.Transfer, new Signed(Pages[1]) { Payload = Some.Flip(Pages[1].Payload, 9) })), "=Failed", "discard", "-> Failed");
        Assert.Contains("not signed", _machine.Reason, StringComparison.Ordinal);
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
        Assert.NotEmpty(_machine.Reason);
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
        Assert.Equal(ReceiverState.Receiving, _machine.State);
    }

    [Fact]
    public void An_offer_does_not_run_ahead_of_its_answer()
    {
        Do(new ReceiverInput.LinkUp());
        Offer(0);
        Offer(1);
        Expect(Offer(2), "=Failed", "discard", "-> Failed");
    }

    [Fact]
    public void A_full_disk_ends_the_transfer_and_leaves_nothing_half_written()
    {
        Accept();
        Expect(Do(new ReceiverInput.Failed("the disk is full")), "=Failed", "discard", "-> Failed");
        Expect(Do(new ReceiverInput.ChunksWritten([1])));
    }

    [Fact]
    public void A_cancel_counts_until_files_appear()
    {
        Accept();
        WriteAll();
        Expect(Do(new ReceiverInput.Cancelled("enough")));
        Expect(Receive(TransferMessages.Cancelled(Some.Transfer, "enough")));
        Do(new ReceiverInput.EntriesPlaced([]));
        Do(new ReceiverInput.ReceiptStored());
        // The sender wants no receipt any more; the files stay, and so does the receipt.
        Expect(Receive(TransferMessages.Cancelled(Some.Transfer, "enough")), "=Completed");
        Assert.NotNull(_machine.Receipt);
    }

    [Fact]
    public void A_cancel_from_either_side_leaves_nothing()
    {
        Accept();
        Expect(Receive(TransferMessages.Cancelled(Some.Transfer, "enough")), "=Cancelled", "discard");
        var other = new ReceiverMachine(Setup);
        other.Handle(new ReceiverInput.LinkUp(), _now);
        Expect(other.Handle(new ReceiverInput.Cancelled("enough"), _now), "=Cancelled", "discard", "-> TransferCancelled");
    }

    [Theory]
    [InlineData(ReceiverState.Deciding, false, "decide photos")]
    [InlineData(ReceiverState.Receiving, false, "=Placing;place all but [1]")]
    [InlineData(ReceiverState.Placing, false, "place all but [1]")]
    [InlineData(ReceiverState.Placing, true, "=Delivering")]
    [InlineData(ReceiverState.Delivering, true, "")]
    public void After_a_restart_it_goes_on_with_what_was_kept(ReceiverState state, bool receipt, string expected)
    {
        var held = new ChunkMap();
        held.Add(new ChunkRange(0, 20));
        held.Add(40);
        var withdrawn = new Dictionary<uint, string> { [1] = "gone" };
        var kept = receipt ? ReceiptSigner.Sign(Some.ReceiverKey, Some.ReceiverCertificate, Manifest, withdrawn, [], Some.Now) : null;
        var machine = ReceiverMachine.Restore(Setup, new ReceiverRecord(Pages, held, withdrawn, [], state, "", kept));
        Expect(machine.Handle(new ReceiverInput.Started(), _now), expected.Split(';', StringSplitOptions.RemoveEmptyEntries));
        Expect(machine.Handle(new ReceiverInput.LinkUp(), _now), receipt ? ["-> Receipt"] : []);
    }

    private Receipt Sealed()
    {
        var kept = Do(new ReceiverInput.ReceiptStored());
        Expect(kept, "=Delivering", "-> Receipt");
        return Receipt.Read(_machine.Receipt!);
    }

    private void Accept(int pages = 3)
    {
        Do(new ReceiverInput.Started());
        Do(new ReceiverInput.LinkUp());
        Do(new ReceiverInput.StreamUp(1));
        Do(new ReceiverInput.StreamUp(2));
        Offer(0);
        Do(new ReceiverInput.Decided(null));
        Stored(0);
        for (var page = 1; page < pages; page++)
        {
            Offer(page);
            Stored(page);
        }
    }

    private IEnumerable<ReceiverEffect> WriteAll() => Do(new ReceiverInput.ChunksWritten(Ordinals(0, 41))).Skip(1);

    private IReadOnlyList<ReceiverEffect> Do(ReceiverInput input) => _machine.Handle(input, _now);

    private IReadOnlyList<ReceiverEffect> Receive(Control message) => Do(new ReceiverInput.Received(message));

    private IReadOnlyList<ReceiverEffect> Offer(int page) => Receive(TransferMessages.Offer(Some.Transfer, Pages[page]));

    private IReadOnlyList<ReceiverEffect> Stored(int page, params ChunkRange[] held) => Do(new ReceiverInput.PageStored(page, held, []));

    private IReadOnlyList<ReceiverEffect> Changed(uint entry) =>
        Receive(TransferMessages.Changed(Some.Transfer, EntryChange.Sign(Some.SenderKey, Some.Manifest, entry, "it changed")));

    private IReadOnlyList<ReceiverEffect> Frame(long stream, params int[] ordinals) =>
        Do(new ReceiverInput.FrameArrived(stream, Head([.. ordinals.Select(o => ((ulong)o, 1000u))])));

    private static void Expect(IEnumerable<ReceiverEffect> effects, params string[] lines) => Assert.Equal(lines, Lines.Of(effects));

    private static ChunkFrame Head(params (ulong Ordinal, uint Length)[] chunks)
    {
        var head = new ChunkFrame();
        head.Chunks.AddRange(chunks.Select(c => new ChunkSlice { Ordinal = c.Ordinal, Length = c.Length }));
        return head;
    }

    private static long[] Ordinals(long first, int count) => [.. Enumerable.Range(0, count).Select(i => first + i)];

    private static ByteString Id() => ByteString.CopyFrom(Some.Transfer.ToBytes());
}
